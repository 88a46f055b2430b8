// SPDX-License-Identifier: GPL-2.0-only
/*
 * Storages: the requests that wait for something to happen
 */
#include <linux/export.h>
#include <linux/kevent.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

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
	INIT_LIST_HEAD(&st->links);
	st->nr_links = 0;
	st->ended = false;
}
EXPORT_SYMBOL_GPL(kevent_storage_init);

/*
 * The storage of a link, or NULL if it has left it. The storage may end any time, so
 * it is used between rcu_read_lock() and rcu_read_unlock(), for which
 * kevent_storage_fini() waits.
 */
static struct kevent_storage *kevent_link_storage(const struct kevent_link *link)
{
	/* Who sees NULL may free link and request; pairs with kevent_link_unlink(). */
	return smp_load_acquire(&link->st);
}

/* The last that the holder of the storage's lock does with a link. */
static void kevent_link_unlink(struct kevent_link *link, struct kevent_storage *st)
{
	lockdep_assert_held(&st->lock);
	list_del_init(&link->node);
	st->nr_links--;
	/* Pairs with kevent_link_storage(). */
	smp_store_release(&link->st, NULL);
}

/* The request can't be served any more: it leaves this storage and says why. */
static void kevent_link_break(struct kevent_link *link, struct kevent_storage *st, int rc)
{
	kevent_queue_break(link->k, -rc);
	kevent_link_unlink(link, st);
}

/**
 * kevent_storage_fini() - what the storage stands for goes away
 * @st:		a storage on which nobody calls kevent_storage_ready() any more
 *
 * Requests that are left become BROKEN with ENODEV, and no more can be put into it.
 * Once this has returned kevent does not know the storage any more, and it may be
 * freed, though the requests stay with their queues until they are removed. That
 * the type's @enqueue does not find it then is up to the type; @dequeue for a
 * storage that has gone does nothing and may be left out. May sleep; the caller may
 * hold locks that @enqueue and @dequeue take.
 */
void kevent_storage_fini(struct kevent_storage *st)
{
	struct kevent_link *link, *next;
	unsigned long flags;

	spin_lock_irqsave(&st->lock, flags);
	st->ended = true;
	list_for_each_entry_safe(link, next, &st->links, node)
		kevent_link_break(link, st, -ENODEV);
	spin_unlock_irqrestore(&st->lock, flags);
	/* For those who have found it in a link, see kevent_link_storage(). */
	synchronize_rcu();
}
EXPORT_SYMBOL_GPL(kevent_storage_fini);

static struct kevent_link **kevent_link_find(struct kevent *k, const struct kevent_storage *st)
{
	struct kevent_link **link = &k->links;

	while (*link && kevent_link_storage(*link) != st)
		link = &(*link)->next;
	return link;
}

/*
 * Behind the last link of its queue, or at the end: kevent_storage_ready() relies
 * on the requests of a queue standing together.
 */
static int kevent_link_insert(struct kevent_link *link, struct kevent_storage *st)
{
	struct list_head *after = st->links.prev;
	struct kevent_link *last;

	lockdep_assert_held(&st->lock);
	if (st->ended)
		return -ENODEV;
	if (st->nr_links >= KEVENT_STORAGE_MAX)
		return -ENOSPC;
	list_for_each_entry_reverse(last, &st->links, node) {
		if (last->k->queue == link->k->queue) {
			after = &last->node;
			break;
		}
	}
	list_add(&link->node, after);
	st->nr_links++;
	spin_lock(&link->k->queue->ready_lock);
	kevent_queue_freed(link->k->queue);
	spin_unlock(&link->k->queue->ready_lock);
	WRITE_ONCE(link->st, st);
	return 0;
}

/* Takes a link that is in no storage out of its request. */
static void kevent_link_free(struct kevent_link **slot)
{
	struct kevent_link *link = *slot;

	*slot = link->next;
	kfree(link);
}

/**
 * kevent_storage_enqueue() - put a request into a storage
 * @st:		the storage
 * @k:		the request; its queue is locked
 * @events:	for these of the events that it asks for
 *
 * From a type's @enqueue. More events may be added to those that it waits for in
 * this storage already.
 *
 * Return: 0, -ENOMEM, -ENOSPC if the storage has KEVENT_STORAGE_MAX requests, or
 * -ENODEV if it has ended
 */
int kevent_storage_enqueue(struct kevent_storage *st, struct kevent *k, u32 events)
{
	struct kevent_link **slot = kevent_link_find(k, st);
	struct kevent_link *link = *slot;
	unsigned long flags;
	int rc = 0;

	if (!link) {
		link = kzalloc(sizeof(*link), GFP_KERNEL_ACCOUNT);
		if (!link)
			return -ENOMEM;
		INIT_LIST_HEAD(&link->node);
		link->k = k;
		*slot = link;
	}
	spin_lock_irqsave(&st->lock, flags);
	link->events |= events;
	if (list_empty(&link->node))
		rc = kevent_link_insert(link, st);
	spin_unlock_irqrestore(&st->lock, flags);
	if (rc)
		kevent_link_free(slot);
	return rc;
}
EXPORT_SYMBOL_GPL(kevent_storage_enqueue);

/* Takes a link out of its storage for @events. Returns true if it is in none now. */
static bool kevent_link_leave(struct kevent_link *link, u32 events)
{
	struct kevent_storage *st;
	unsigned long flags;

	rcu_read_lock();
	st = kevent_link_storage(link);
	if (st) {
		spin_lock_irqsave(&st->lock, flags);
		link->events &= ~events;
		/* It may have left it meanwhile. */
		if (!link->events && !list_empty(&link->node))
			kevent_link_unlink(link, st);
		spin_unlock_irqrestore(&st->lock, flags);
	}
	rcu_read_unlock();
	return !kevent_link_storage(link);
}

/**
 * kevent_storage_dequeue() - take a request out of a storage
 * @st:		the storage
 * @k:		the request; its queue is locked. It may not be there.
 * @events:	for these events; it stays for others
 *
 * When this returns, no notification of these events knows the request.
 */
void kevent_storage_dequeue(struct kevent_storage *st, struct kevent *k, u32 events)
{
	struct kevent_link **slot = kevent_link_find(k, st);

	if (*slot && kevent_link_leave(*slot, events))
		kevent_link_free(slot);
}
EXPORT_SYMBOL_GPL(kevent_storage_dequeue);

/**
 * kevent_storage_leave() - take a request out of all storages
 * @k:		the request; its queue is locked
 *
 * Those that it has left by breaking, and those where its type forgot it.
 */
void kevent_storage_leave(struct kevent *k)
{
	while (k->links) {
		kevent_link_leave(k->links, U32_MAX);
		kevent_link_free(&k->links);
	}
}

/* Asks the source under the lock of the storage @st in which @link has been found. */
static bool kevent_link_confirm(struct kevent_link *link, struct kevent_storage *st)
{
	struct kevent *k = link->k;
	unsigned long flags;
	int rc = 0;

	spin_lock_irqsave(&st->lock, flags);
	/* If it broke meanwhile, that is what is to be delivered. */
	if (!READ_ONCE(k->broken))
		rc = k->callbacks->callback(k, NULL);
	if (rc < 0)
		kevent_link_break(link, st, rc);
	else if (!rc)
		kevent_queue_unready(k);
	spin_unlock_irqrestore(&st->lock, flags);
	return rc > 0;
}

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
	struct kevent_storage *st = NULL;
	struct kevent_link *link;
	bool rc;

	rcu_read_lock();
	for (link = k->links; link; link = link->next) {
		st = kevent_link_storage(link);
		if (st)
			break;
	}
	rc = st ? kevent_link_confirm(link, st) : !READ_ONCE(k->broken);
	rcu_read_unlock();
	return rc;
}

/**
 * struct kevent_round - one queue's part of a notification
 * @queue:	the queue
 * @first:	the first of its links
 * @freed:	its count when the round began
 * @free:	one may be able to fire after this round
 * @served:	a request without WAKEUP_ALL took the event: the others get nothing
 * @busy:	the first request that wanted it, but was ready already
 */
struct kevent_round {
	struct kevent_queue	*queue;
	struct kevent_link	*first;
	u64			freed;
	bool			free;
	bool			served;
	struct kevent		*busy;
};

static void kevent_round_begin(struct kevent_round *round, struct kevent_link *link)
{
	struct kevent_queue *q = link->k->queue;
	/* Before the requests; pairs with kevent_queue_freed(). */
	u64 freed = smp_load_acquire(&q->freed);

	*round = (struct kevent_round) {
		.queue	= q,
		.first	= link,
		.freed	= freed,
	};
}

static void kevent_round_finish(struct kevent_round *round)
{
	if (round->served)
		return;
	if (round->busy)
		kevent_queue_coalesce(round->busy);
	if (!round->free && round->first)
		round->first->full_at = round->freed;
}

/* Nobody comes behind this queue. */
static bool kevent_round_last(const struct kevent_round *round, const struct kevent_storage *st)
{
	return list_last_entry(&st->links, struct kevent_link, node)->k->queue == round->queue;
}

static void kevent_round_offer(struct kevent_round *round, struct kevent *k,
			       const struct kevent_cause *cause)
{
	bool all = READ_ONCE(k->event.req_flags) & KEVENT_REQ_WAKEUP_ALL;

	if (kevent_queue_mark_ready(k, cause->ret_data))
		round->served = !all;
	else if (all)
		kevent_queue_coalesce(k);
	else if (!round->busy)
		round->busy = k;
}

/* The link may be gone after it. */
static void kevent_round_ask(struct kevent_round *round, struct kevent_link *link,
			     struct kevent_storage *st, const struct kevent_cause *cause)
{
	struct kevent *k = link->k;
	int rc;

	if (!kevent_queue_busy(k) || READ_ONCE(k->broken) ||
	    READ_ONCE(k->event.req_flags) & KEVENT_REQ_WAKEUP_ALL)
		round->free = true;
	else if (round->busy)
		return;
	if (!(link->events & cause->event) || READ_ONCE(k->broken))
		return;
	rc = k->callbacks->callback(k, cause);
	if (rc > 0) {
		kevent_round_offer(round, k, cause);
	} else if (rc < 0) {
		round->free = true;	/* and nothing is noted in a link that may be gone */
		kevent_link_break(link, st, rc);
	}
}

static void kevent_storage_offer(struct kevent_storage *st, const struct kevent_cause *cause)
{
	struct kevent_round round = { };
	struct kevent_link *link, *next;

	list_for_each_entry_safe(link, next, &st->links, node) {
		if (link->k->queue != round.queue) {
			kevent_round_finish(&round);
			kevent_round_begin(&round, link);
		}
		if (!round.served)
			kevent_round_ask(&round, link, st, cause);
		if (round.served && kevent_round_last(&round, st))
			break;
	}
	kevent_round_finish(&round);
}

/*
 * The usual end of a flood: there is one queue, it has not fetched anything since all
 * its requests here were found ready, and the first of them wants the event.
 */
static bool kevent_storage_coalesce(struct kevent_storage *st, const struct kevent_cause *cause)
{
	struct kevent_link *link = list_first_entry_or_null(&st->links, struct kevent_link, node);
	struct kevent_link *last;

	if (!link || link->full_at != READ_ONCE(link->k->queue->freed))
		return false;
	last = list_last_entry(&st->links, struct kevent_link, node);
	if (last->k->queue != link->k->queue || !(link->events & cause->event) ||
	    link->k->callbacks->callback(link->k, cause) <= 0)
		return false;
	kevent_queue_coalesce(link->k);
	return true;
}

/**
 * kevent_storage_ready() - it happened
 * @st:		the storage of what happened
 * @cause:	what; used only during the call
 *
 * Each queue that has requests in the storage hears of it. Within a queue the
 * first matching request that is not ready takes the event; those with
 * WAKEUP_ALL take it without stopping there. If all that match are ready, the
 * event is coalesced and counted.
 */
void kevent_storage_ready(struct kevent_storage *st, const struct kevent_cause *cause)
{
	unsigned long flags;

	/* What has happened, before who asks and who is ready; pairs with kevent_queue_freed(). */
	smp_mb();
	/* A request that is only now being added may miss this event. */
	if (list_empty(&st->links))
		return;
	spin_lock_irqsave(&st->lock, flags);
	if (!kevent_storage_coalesce(st, cause))
		kevent_storage_offer(st, cause);
	spin_unlock_irqrestore(&st->lock, flags);
}
EXPORT_SYMBOL_GPL(kevent_storage_ready);
