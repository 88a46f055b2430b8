/* SPDX-License-Identifier: MIT */
/*
 * The exact-order protocol of <linux/s390_log.h>: W1 to W5 and R1 to R3
 *
 * WRITERS processes emit EVENTS events each, on a CPU of their own. A store goes
 * into the CPU's store buffer and reaches memory later, in order: that is s390
 * and x86, and it is what weaker machines do here, too, because each store after
 * the increment is a release but for the record's own, which the release of the
 * position covers. The increment is a full barrier: it waits for the buffer to
 * drain. The reader's loads are in order, because they are acquires.
 *
 * What is proved, for every interleaving: when the reader has found low, each
 * number up to low is in the buffers or was dropped, and its kevent is ready.
 *
 * Mutations, each of which must fail: -DPENDING_LATE (W1 after W2), -DNO_BARRIER
 * (the increment does not drain the store buffer), -DCLEAR_EARLY (W5 before W3),
 * -DNOTIFY_LATE (W4 after W5), -DPENDING_FIRST (R2 before R1).
 */
#ifndef WRITERS
#define WRITERS	2
#endif
#ifndef EVENTS
#define EVENTS	2
#endif
#define NUMBERS	(WRITERS * EVENTS)

mtype = { set_pending, put_record, drop_record, ready_kevent };

byte sequence;
byte pending[WRITERS];
bool settled[NUMBERS + 1];	/* in the buffer, or dropped and counted */
bool ready[NUMBERS + 1];	/* its kevent */

chan stores[WRITERS] = [5] of { mtype, byte };

/* The memory side of a store buffer. */
proctype memory(byte cpu)
{
	mtype what;
	byte value;

end:	do
	:: atomic {
		stores[cpu] ? what, value;
		if
		:: what == set_pending -> pending[cpu] = value
		:: what == put_record || what == drop_record -> settled[value] = true
		:: what == ready_kevent -> ready[value] = true
		fi;
		what = 0; value = 0
	}
	od
}

#ifdef NO_BARRIER
#define INCREMENT(n)	atomic { sequence++; n = sequence }
#else
#define INCREMENT(n)	atomic { empty(stores[cpu]) -> sequence++; n = sequence }
#endif

inline write_record()
{
	if	/* the buffer may be full: nobody knows beforehand */
	:: stores[cpu] ! put_record, number
	:: stores[cpu] ! drop_record, number
	fi
}

proctype writer(byte cpu)
{
	byte number, before, left = EVENTS;

	do
	:: left == 0 -> break
	:: left > 0 ->
		left--;
#ifdef PENDING_LATE
		INCREMENT(number);
		stores[cpu] ! set_pending, number;
#else
		before = sequence;			/* W1: read, then store */
		stores[cpu] ! set_pending, before + 1;
		INCREMENT(number);			/* W2 */
#endif
#ifdef CLEAR_EARLY
		stores[cpu] ! set_pending, 0;
		write_record();
		stores[cpu] ! ready_kevent, number;
#else
		write_record();				/* W3 */
#ifdef NOTIFY_LATE
		stores[cpu] ! set_pending, 0;
		stores[cpu] ! ready_kevent, number;
#else
		stores[cpu] ! ready_kevent, number;	/* W4 */
		stores[cpu] ! set_pending, 0;		/* W5 */
#endif
#endif
	od
}

inline read_pending()
{
	cpu = 0;
	do
	:: cpu == WRITERS -> break
	:: cpu < WRITERS ->
		atomic {
			if
			:: pending[cpu] != 0 && pending[cpu] - 1 < low -> low = pending[cpu] - 1
			:: else
			fi;
			cpu++
		}
	od
}

/* One look. The other processes may be anywhere: that covers every later look. */
proctype reader()
{
	byte cpu, number, low = 255;

#ifdef PENDING_FIRST
	read_pending();				/* R2 */
	atomic {
		if
		:: sequence < low -> low = sequence	/* R1 */
		:: else
		fi
	};
#else
	low = sequence;				/* R1 */
	read_pending();				/* R2 */
#endif
	number = 1;
	do					/* R3 */
	:: number > low -> break
	:: number <= low ->
		assert(settled[number]);
		assert(ready[number]);
		number++
	od
}

init {
	byte cpu = 0;

	atomic {
		do
		:: cpu == WRITERS -> break
		:: cpu < WRITERS ->
			run memory(cpu);
			run writer(cpu);
			cpu++
		od;
		run reader()
	}
}
