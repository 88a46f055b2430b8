/* SPDX-License-Identifier: MIT */
/*
 * An event that finds every request ready: freed and full_at of kevent's storages
 *
 * EMITTERS processes make EVENTS events each happen (sequence counts them) and
 * notify one storage with REQUESTS requests of one queue, all edge-triggered. A
 * fetcher rearms what is ready and puts it into the ring; a reader, which may be
 * another thread, looks at the source for each entry of the ring. What is proved:
 * when all is quiet, the reader has looked after the last event; so a notification
 * that finds all requests ready may be coalesced, and one that has once found them
 * so may leave it at a look at freed.
 *
 * Memory is sequentially consistent here; the code has a full barrier on each
 * side where a store is followed by a load (kevent_storage_ready() and
 * kevent_queue_freed()). LAST_CHECK and WAKEUP_ALL are left out: with such a
 * request full_at is never noted.
 *
 * Mutations, each of which must fail: -DFREED_LATE (full_at is noted with what
 * freed is after the look at the requests), -DNO_FREED (rearming does not count),
 * -DNO_BARRIER (the event happens after the look), -DRING_FIRST (the entry is in
 * the ring before the request is rearmed; with one request, two hide it).
 */
#ifndef REQUESTS
#define REQUESTS 2
#endif
#ifndef EVENTS
#define EVENTS	2
#endif
#define EMITTERS 2

byte sequence;
byte seen;
byte freed = 1;
byte full_at;
bool storage_locked;
bool done[REQUESTS];
bool ready[REQUESTS];
byte head, tail;		/* of the ring */
byte finished;

inline offer()
{
#ifndef FREED_LATE
	noted = freed;
#endif
	free = false;
	served = false;
	i = 0;
	do
	:: i == REQUESTS || served -> break
	:: else ->
		if
		:: !done[i] ->
			free = true;
			/* Under the queue's lock it is looked at once more. */
			atomic {
				if
				:: !done[i] -> done[i] = true; ready[i] = true; served = true
				:: else
				fi
			}
		:: else
		fi;
		i++
	od;
#ifdef FREED_LATE
	noted = freed;
#endif
	if
	:: !served && !free -> full_at = noted
	:: else
	fi
}

proctype emitter()
{
	byte left = EVENTS;
	byte i, noted;
	bool free, served;

	do
	:: left == 0 -> break
	:: else ->
		left--;
#ifndef NO_BARRIER
		sequence++;
#endif
		atomic { !storage_locked -> storage_locked = true };
		if
		:: full_at == freed		/* coalesced */
		:: else -> offer()
		fi;
		storage_locked = false;
#ifdef NO_BARRIER
		sequence++
#endif
	od;
	finished++
}

active proctype fetcher()
{
	byte i;

end:	do
	:: ready[0] || ready[REQUESTS - 1] ->
		if
		:: ready[0] -> i = 0
		:: ready[REQUESTS - 1] -> i = REQUESTS - 1
		fi;
#ifdef RING_FIRST
		head++;
#endif
		ready[i] = false;
		done[i] = false;
#ifndef NO_FREED
		freed++;
#endif
#ifndef RING_FIRST
		head++
#endif
	od
}

active proctype reader()
{
	do
	:: head != tail -> tail++; seen = sequence
	:: timeout ->
		assert(finished == EMITTERS);
		assert(seen == sequence);
		break
	od
}

init
{
	atomic { run emitter(); run emitter() }
}
