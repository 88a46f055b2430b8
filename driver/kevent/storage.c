// SPDX-License-Identifier: GPL-2.0-only
/*
 * Storages: the requests that wait for the events of one object
 */
#include <linux/export.h>
#include <linux/kevent.h>

#include "queue.h"

/**
 * kevent_storage_init() - make an empty storage
 * @origin:	the object that it belongs to
 * @st:		the storage, usually a member of @origin
 */
void kevent_storage_init(void *origin, struct kevent_storage *st)
{
	st->origin = origin;
	spin_lock_init(&st->lock);
	INIT_LIST_HEAD(&st->requests);
	st->nr_requests = 0;
}
EXPORT_SYMBOL_GPL(kevent_storage_init);

static void kevent_storage_unlink(struct kevent_storage *st, struct kevent *k)
{
	lockdep_assert_held(&st->lock);
	if (list_empty(&k->storage_node))
		return;
	list_del_init(&k->storage_node);
	st->nr_requests--;
}

/* A request that can't be served any more: it leaves the storage and says why. */
static void kevent_storage_break(struct kevent_storage *st, struct kevent *k, int rc)
{
	const u32 ret_data[2] = { 0, -rc };

	kevent_storage_unlink(st, k);
	kevent_queue_mark_ready(k, KEVENT_RET_BROKEN | KEVENT_RET_DONE, ret_data);
}

/**
 * kevent_storage_fini() - the object goes away
 * @st:		a storage that gets no new requests any more
 *
 * Requests that are left become BROKEN with ENODEV. They stay with their queues
 * until they are removed; then @dequeue is called for them as for any other, so
 * the storage itself must live as long as they do.
 */
void kevent_storage_fini(struct kevent_storage *st)
{
	struct kevent *k, *next;
	unsigned long flags;

	spin_lock_irqsave(&st->lock, flags);
	list_for_each_entry_safe(k, next, &st->requests, storage_node)
		kevent_storage_break(st, k, -ENODEV);
	spin_unlock_irqrestore(&st->lock, flags);
}
EXPORT_SYMBOL_GPL(kevent_storage_fini);

/**
 * kevent_storage_enqueue() - put a request into a storage
 * @st:		the storage
 * @k:		a request that is in none
 *
 * Behind the last request of its queue, or at the end: kevent_storage_ready()
 * relies on the requests of a queue standing together.
 *
 * Return: 0, or -ENOSPC if the storage has KEVENT_STORAGE_MAX requests
 */
int kevent_storage_enqueue(struct kevent_storage *st, struct kevent *k)
{
	struct list_head *after;
	unsigned long flags;
	struct kevent *last;
	int rc = -ENOSPC;

	spin_lock_irqsave(&st->lock, flags);
	if (st->nr_requests >= KEVENT_STORAGE_MAX)
		goto out;
	after = st->requests.prev;
	list_for_each_entry_reverse(last, &st->requests, storage_node) {
		if (last->queue == k->queue) {
			after = &last->storage_node;
			break;
		}
	}
	k->st = st;
	list_add(&k->storage_node, after);
	st->nr_requests++;
	rc = 0;
out:
	spin_unlock_irqrestore(&st->lock, flags);
	return rc;
}
EXPORT_SYMBOL_GPL(kevent_storage_enqueue);

/**
 * kevent_storage_dequeue() - take a request out of a storage
 * @st:		the storage
 * @k:		a request that was put there; it may have broken since
 *
 * When this returns, no notification knows the request any more.
 */
void kevent_storage_dequeue(struct kevent_storage *st, struct kevent *k)
{
	unsigned long flags;

	spin_lock_irqsave(&st->lock, flags);
	kevent_storage_unlink(st, k);
	k->st = NULL;
	spin_unlock_irqrestore(&st->lock, flags);
}
EXPORT_SYMBOL_GPL(kevent_storage_dequeue);

/**
 * kevent_storage_confirm() - does the source still stand by its event?
 * @k:		a request that is ready; its queue is locked
 *
 * For KEVENT_REQ_LAST_CHECK. If not, the request waits again, or is broken.
 *
 * Return: true if its event may be delivered as it is
 */
bool kevent_storage_confirm(struct kevent *k)
{
	struct kevent_storage *st = k->st;
	unsigned long flags;
	int rc;

	if (!st)
		return true;
	spin_lock_irqsave(&st->lock, flags);
	rc = k->callbacks->callback(k, NULL);
	if (rc < 0)
		kevent_storage_break(st, k, rc);
	else if (!rc)
		kevent_queue_unready(k);
	spin_unlock_irqrestore(&st->lock, flags);
	return rc > 0;
}

/**
 * kevent_storage_modify() - change what a request asks for, where it stands
 * @k:		the request; its queue is locked
 * @uk:		its new event, req_flags and user
 *
 * What it returned is cleared. No notification sees it half changed, and none
 * misses it meanwhile.
 *
 * Return: 0, or -ENODEV if its storage has ended
 */
int kevent_storage_modify(struct kevent *k, const struct ukevent *uk)
{
	struct kevent_storage *st = k->st;
	unsigned long flags;
	int rc = 0;

	if (!st) {
		kevent_queue_modify(k, uk);
		return 0;
	}
	spin_lock_irqsave(&st->lock, flags);
	if (list_empty(&k->storage_node))
		rc = -ENODEV;
	else
		kevent_queue_modify(k, uk);
	spin_unlock_irqrestore(&st->lock, flags);
	return rc;
}

/**
 * struct kevent_round - one queue's part of a notification
 * @queue:	the queue
 * @served:	a request without WAKEUP_ALL took the event: the others get nothing
 * @busy:	the first request that wanted it, but was ready already
 */
struct kevent_round {
	struct kevent_queue	*queue;
	bool			served;
	struct kevent		*busy;
};

static void kevent_round_finish(struct kevent_round *round)
{
	if (round->busy && !round->served)
		kevent_queue_coalesce(round->busy);
}

static void kevent_round_offer(struct kevent_round *round, struct kevent *k,
			       const struct kevent_cause *cause)
{
	bool all = k->event.req_flags & KEVENT_REQ_WAKEUP_ALL;

	if (kevent_queue_mark_ready(k, KEVENT_RET_DONE, cause->ret_data))
		round->served = !all;
	else if (all)
		kevent_queue_coalesce(k);
	else if (!round->busy)
		round->busy = k;
}

/**
 * kevent_storage_ready() - something happened to the object
 * @st:		the object's storage
 * @cause:	what; used only during the call
 *
 * Each queue that has requests in the storage hears of it. Within a queue the
 * first matching request that is not ready takes the event; those with
 * WAKEUP_ALL take it without stopping there. If all that match are ready, the
 * event is coalesced and counted.
 */
void kevent_storage_ready(struct kevent_storage *st, const struct kevent_cause *cause)
{
	struct kevent_round round = { };
	struct kevent *k, *next;
	unsigned long flags;
	int rc;

	/* A request that is only now being added may miss this event. */
	if (list_empty(&st->requests))
		return;
	spin_lock_irqsave(&st->lock, flags);
	list_for_each_entry_safe(k, next, &st->requests, storage_node) {
		if (k->queue != round.queue) {
			kevent_round_finish(&round);
			round = (struct kevent_round) { .queue = k->queue };
		}
		if (round.served || !(k->event.event & cause->event))
			continue;
		rc = k->callbacks->callback(k, cause);
		if (rc > 0)
			kevent_round_offer(&round, k, cause);
		else if (rc < 0)
			kevent_storage_break(st, k, rc);
	}
	kevent_round_finish(&round);
	spin_unlock_irqrestore(&st->lock, flags);
}
EXPORT_SYMBOL_GPL(kevent_storage_ready);
