/* SPDX-License-Identifier: MIT */
/*
 * Waking those who poll the device s390_log: wake_at
 *
 * WRITERS processes emit EVENTS events each; a compare-and-exchange that succeeds
 * is a full barrier, and so is the increment of the sequence. POLLERS processes
 * sleep until the sequence has reached what each of them wants. What is proved:
 * none sleeps for ever, although only the lowest number is remembered.
 *
 * Mutations, each of which must fail: -DLOOK_FIRST (the poller looks at the
 * sequence before it arms), -DCHECK_FIRST (the writer looks at wake_at before the
 * increment), -DWAKE_ONE (not all are woken).
 */
#ifndef WRITERS
#define WRITERS	2
#endif
#define EVENTS	2
#define POLLERS	2
#define NEVER	255

byte sequence;
byte wake_at = NEVER;
bool woken[POLLERS];

inline wake()
{
	atomic {
#ifdef WAKE_ONE
		if
		:: !woken[0] -> woken[0] = true
		:: else -> woken[1] = true
		fi
#else
		woken[0] = true;
		woken[1] = true
#endif
	}
}

proctype writer()
{
	byte number, at, left = EVENTS;

	do
	:: left == 0 -> break
	:: else ->
		left--;
#ifdef CHECK_FIRST
		at = wake_at;
		atomic { sequence++; number = sequence };
#else
		atomic { sequence++; number = sequence };
		at = wake_at;
#endif
		do
		:: number < at -> break
		:: else ->
			atomic {
				if
				:: wake_at == at -> wake_at = NEVER; at = NEVER; number = NEVER
				:: else -> at = wake_at
				fi
			};
			if
			:: number == NEVER -> wake(); break
			:: else
			fi
		od
	od
}

/* It is in the wait queue all the time. */
proctype poller(byte me)
{
	byte at, now, wanted = 1 + me * (WRITERS * EVENTS - 1);

	do
	:: true ->
		woken[me] = false;
#ifdef LOOK_FIRST
		now = sequence;
#endif
		at = wake_at;
		do
		:: wanted >= at -> break
		:: else ->
			atomic {
				if
				:: wake_at == at -> wake_at = wanted; break
				:: else -> at = wake_at
				fi
			}
		od;
#ifndef LOOK_FIRST
		now = sequence;
#endif
		if
		:: now >= wanted -> break
		:: else -> woken[me]		/* asleep */
		fi
	od
}

init {
	byte i = 0;

	atomic {
		do
		:: i == WRITERS -> break
		:: else -> run writer(); i++
		od;
		run poller(0);
		run poller(1)
	}
}
