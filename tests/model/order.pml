/* SPDX-License-Identifier: MIT */
/*
 * The exact-order protocol of <linux/s390_log.h>: W1 to W5 and R1 to R3
 *
 * WRITERS processes emit EVENTS events each, on a CPU of their own. A store goes
 * into the CPU's store buffer, and any store that waits there may be the next to
 * reach memory, but for a release: it must be the oldest. One that is overwritten
 * there never reaches memory, and what it was a release for is forgotten. That is
 * weaker than s390 and x86, where all stores are releases, and as weak as any
 * machine on which a store reaches all other CPUs at once. The increment is a full
 * barrier: it waits for the buffer to drain. The reader's loads are in order,
 * because they are acquires.
 *
 * What is proved, for every interleaving: when the reader has found low, each
 * number up to low is in the buffers or was dropped, and its kevent is ready; and
 * whatever is in the buffers is whole.
 *
 * Mutations, each of which must fail: -DPENDING_LATE (W1 after W2), -DNO_BARRIER
 * (the increment does not drain the store buffer), -DCLEAR_EARLY (W5 before W3),
 * -DNOTIFY_LATE (W4 after W5), -DPENDING_FIRST (R2 before R1), and a store that is
 * no release: -DPLAIN_PENDING (W1), -DPLAIN_POSITION (W3), -DPLAIN_CLEAR (W5).
 */
#ifndef WRITERS
#define WRITERS	2
#endif
#ifndef EVENTS
#define EVENTS	2
#endif
#define NUMBERS	(WRITERS * EVENTS)

mtype = { set_pending, put_record, set_position, count_dropped, ready_kevent };

byte sequence;
byte pending[WRITERS];
bool written[NUMBERS + 1];	/* the record's bytes */
bool produced[NUMBERS + 1];	/* the position is beyond it */
bool dropped[NUMBERS + 1];	/* and counted */
bool ready[NUMBERS + 1];	/* its kevent */

chan stores[WRITERS] = [5] of { mtype, byte, bool };

#define PLAIN	0
#define RELEASE	1

/* The memory side of a store buffer. */
proctype memory(byte cpu)
{
	byte value;

end:	do
	:: atomic { stores[cpu] ?? set_pending, value, PLAIN -> pending[cpu] = value; value = 0 }
	:: atomic { stores[cpu] ? set_pending, value, RELEASE -> pending[cpu] = value; value = 0 }
	:: atomic { stores[cpu] ?? put_record, value, PLAIN -> written[value] = true; value = 0 }
	:: atomic { stores[cpu] ?? set_position, value, PLAIN -> produced[value] = true; value = 0 }
	:: atomic { stores[cpu] ? set_position, value, RELEASE -> produced[value] = true; value = 0 }
	:: atomic { stores[cpu] ?? count_dropped, value, PLAIN -> dropped[value] = true; value = 0 }
	:: atomic { stores[cpu] ?? ready_kevent, value, PLAIN -> ready[value] = true; value = 0 }
	od
}

#ifdef PLAIN_PENDING
#define W1_ORDER	PLAIN
#else
#define W1_ORDER	RELEASE
#endif
#ifdef PLAIN_POSITION
#define W3_ORDER	PLAIN
#else
#define W3_ORDER	RELEASE
#endif
#ifdef PLAIN_CLEAR
#define W5_ORDER	PLAIN
#else
#define W5_ORDER	RELEASE
#endif

inline store_pending(value, order)
{
	atomic {
		if
		:: stores[cpu] ?? [set_pending, _, _] -> stores[cpu] ?? set_pending, _, _
		:: else
		fi;
		stores[cpu] ! set_pending, value, order
	}
}

#ifdef NO_BARRIER
#define INCREMENT(n)	atomic { sequence++; n = sequence }
#else
#define INCREMENT(n)	atomic { empty(stores[cpu]) -> sequence++; n = sequence }
#endif

inline write_record()
{
	if	/* the buffer may be full: nobody knows beforehand */
	:: stores[cpu] ! put_record, number, PLAIN;
		stores[cpu] ! set_position, number, W3_ORDER
	:: stores[cpu] ! count_dropped, number, PLAIN
	fi
}

proctype writer(byte cpu)
{
	byte number, before, left = EVENTS;

	do
	:: left == 0 -> break
	:: left > 0 ->
		left--;
		/* A store into one's own store buffer is nobody else's business. */
#ifdef PENDING_LATE
		INCREMENT(number);
		store_pending(number, W1_ORDER);
#else
		atomic {				/* W1: read, then store */
			before = sequence;
			store_pending(before + 1, W1_ORDER);
			before = 0
		}
		INCREMENT(number);			/* W2 */
#endif
		atomic {
#ifdef CLEAR_EARLY
			store_pending(0, W5_ORDER);
			write_record();
			stores[cpu] ! ready_kevent, number, PLAIN;
#else
			write_record();				/* W3 */
#ifdef NOTIFY_LATE
			store_pending(0, W5_ORDER);
			stores[cpu] ! ready_kevent, number, PLAIN;
#else
			stores[cpu] ! ready_kevent, number, PLAIN;	/* W4 */
			store_pending(0, W5_ORDER);		/* W5 */
#endif
#endif
			number = 0
		}
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
	atomic {				/* R3 */
		number = 1;
		do
		:: number > NUMBERS -> break
		:: else ->
			assert(!produced[number] || written[number]);
			assert(number > low || produced[number] || dropped[number]);
			assert(number > low || ready[number]);
			number++
		od;
		/* What was seen makes no difference to what comes. */
		cpu = 0; number = 0; low = 0
	}
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
