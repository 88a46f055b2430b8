/* SPDX-License-Identifier: MIT */
/*
 * The ring of <linux/kevent.h>: head and tail run freely, modulo 2^BITS
 *
 * The kernel puts SIZE slots at most in front of the reader, who commits up to
 * where it has read; two committers race for the same events, and one of them
 * may be slow. The kernel's stores to the ring's page reach memory in any order,
 * but for a release, which waits for all stores before it. What is proved: a slot
 * is never written before its event was committed, a full ring is not taken for an
 * empty one, and what is read is what was put, in order. The counters wrap on the
 * way; no thread sleeps through a whole turn of them, which are 2^32 turns of the
 * ring in the kernel.
 *
 * Putting and committing hold the queue's lock, so there is one putter, and the
 * kernel's own head and tail are plain. A commit is a system call: the slots have
 * been read before it.
 *
 * Mutations, each of which must fail: -DOVERWRITE (put does not look at the
 * tail), -DNO_STALE_CHECK (a commit that is behind moves the tail back),
 * -DPLAIN_HEAD (ring_head is no release), -DCOMMIT_FIRST (committed before the
 * slot is read).
 */
#ifndef SIZE
#define SIZE	3
#endif
#define WRAP	16		/* 2^BITS, more than twice SIZE */
#define EVENTS	12
#define START	(WRAP - EVENTS / 2)

byte head = START;		/* modulo WRAP; the kernel's own */
byte tail = START;
byte slot_of_head, slot_of_tail;
byte slots[SIZE];		/* the page: event numbers, modulo WRAP */
byte ring_head = START;
byte reading = START;		/* next event of the reader, modulo WRAP */
byte slot_of_reading;

mtype = { set_slot, set_head };

chan stores = [4] of { mtype, byte, byte };

#define USED		((head + WRAP - tail) % WRAP)
#define UNREAD		((ring_head + WRAP - reading) % WRAP)
#define AHEAD(index)	((index + WRAP - tail) % WRAP)

/* Any store that waits may be the next to reach memory; two to one place keep their order. */
active proctype memory()
{
	byte at, value;

end:	do
	:: atomic { stores ?? set_slot, at, value -> slots[at] = value; at = 0; value = 0 }
	:: atomic { stores ?? set_head, at, value -> ring_head = value; at = 0; value = 0 }
	od
}

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
			stores ! set_slot, slot_of_head, head
		};
		atomic {
#ifndef PLAIN_HEAD
			empty(stores) ->
#endif
			slot_of_head = (slot_of_head + 1) % SIZE;
			head = (head + 1) % WRAP;
			stores ! set_head, 0, head;
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

/* Takes the next event, under a lock of the program, and commits as far as it knows, perhaps later. */
proctype consumer()
{
	byte index, slot;

end:	do
	:: atomic {
		UNREAD > 0 ->
#ifdef COMMIT_FIRST
		slot = slot_of_reading;
		index = reading;
#else
		assert(slots[slot_of_reading] == reading);
#endif
		reading = (reading + 1) % WRAP;
		slot_of_reading = (slot_of_reading + 1) % SIZE;
#ifndef COMMIT_FIRST
		index = reading;
		slot = slot_of_reading
#endif
	};
#ifdef COMMIT_FIRST
	commit((index + 1) % WRAP, (slot + 1) % SIZE);
	assert(slots[slot] == index);
#else
	commit(index, slot);
#endif
	assert(USED <= SIZE)
	od
}

init {
	atomic {
		run consumer();
		run consumer()
	}
}
