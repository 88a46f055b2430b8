/* SPDX-License-Identifier: MIT */
/*
 * The ring of <linux/kevent.h>: head and tail run freely, modulo 2^BITS
 *
 * The kernel puts SIZE slots at most in front of the reader, who commits up to
 * where it has read; two committers race for the same events, and one of them
 * may be slow. What is proved: a slot is never written before its event was
 * committed, a full ring is not taken for an empty one, and what is read is what
 * was put, in order. The counters wrap on the way; no thread sleeps through a
 * whole turn of them, which are 2^32 turns of the ring in the kernel.
 *
 * Mutations, each of which must fail: -DOVERWRITE (put does not look at the
 * tail), -DNO_STALE_CHECK (a commit that is behind moves the tail back).
 */
#ifndef SIZE
#define SIZE	3
#endif
#define WRAP	16		/* 2^BITS, more than twice SIZE */
#define EVENTS	12
#define START	(WRAP - EVENTS / 2)

byte head = START;		/* modulo WRAP */
byte tail = START;
byte slot_of_head, slot_of_tail;
byte slots[SIZE];		/* event numbers, modulo WRAP */
byte reading = START;		/* next event of the reader, modulo WRAP */
byte slot_of_reading;

#define USED		((head + WRAP - tail) % WRAP)
#define UNREAD		((head + WRAP - reading) % WRAP)
#define AHEAD(index)	((index + WRAP - tail) % WRAP)

active proctype kernel()
{
	byte left = EVENTS;

	do
	:: left == 0 -> break
	:: left > 0 ->
		atomic {
#ifndef OVERWRITE
			USED < SIZE ->
#endif
			slots[slot_of_head] = head;
			slot_of_head = (slot_of_head + 1) % SIZE;
			head = (head + 1) % WRAP;
			assert(USED <= SIZE)
		};
		left--
	od
}

inline commit(index, slot)
{
	atomic {
		if
#ifdef NO_STALE_CHECK
		:: true ->
#else
		:: AHEAD(index) > 0 && AHEAD(index) <= USED ->
#endif
			tail = index;
			slot_of_tail = slot
		:: else
		fi
	}
}

/* Reads the next event, and commits as far as it knows, perhaps later. */
proctype consumer()
{
	byte index, slot;

end:	do
	:: atomic {
		UNREAD > 0 ->
		assert(slots[slot_of_reading] == reading);
		reading = (reading + 1) % WRAP;
		slot_of_reading = (slot_of_reading + 1) % SIZE;
		index = reading;
		slot = slot_of_reading
	};
	commit(index, slot);
	assert(USED <= SIZE)
	od
}

init {
	atomic {
		run consumer();
		run consumer()
	}
}
