// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queues: their requests, and which of them are ready
 *
 * queue.h has the locks.
 */
#include <linux/poll.h>
#include <linux/slab.h>

#include "queue.h"

/**
 * kevent_queue_create() - make an empty queue for the current user
 *
 * Return: the queue, or an error pointer
 */
struct kevent_queue *kevent_queue_create(void)
{
	struct kevent_user *user;
	struct kevent_queue *q;

	user = kevent_user_get();
	if (IS_ERR(user))
		return ERR_CAST(user);
	q = kzalloc(sizeof(*q), GFP_KERNEL_ACCOUNT);
	if (!q) {
		kevent_user_put(user);
		return ERR_PTR(-ENOMEM);
	}
	refcount_set(&q->refs, 1);
	q->freed = 1;
	q->user = user;
	mutex_init(&q->lock);
	q->requests = RB_ROOT;
	spin_lock_init(&q->ready_lock);
	INIT_LIST_HEAD(&q->ready);
	init_waitqueue_head(&q->wait);
	return q;
}

/**
 * kevent_queue_close() - the file of a queue is closed
 * @q:		the queue
 *
 * All its requests go. Nobody waits any more, and nobody has mapped the ring.
 */
void kevent_queue_close(struct kevent_queue *q)
{
	struct rb_node *node;

	mutex_lock(&q->lock);
	while ((node = rb_first(&q->requests)))
		kevent_request_free(rb_entry(node, struct kevent, key_node));
	mutex_unlock(&q->lock);
	kevent_queue_put(q);
}

/**
 * kevent_queue_get() - hold a queue
 * @q:		a queue that has requests
 */
void kevent_queue_get(struct kevent_queue *q)
{
	refcount_inc(&q->refs);
}

/**
 * kevent_queue_put() - let go of a queue
 * @q:		the queue; it is freed with the last reference
 */
void kevent_queue_put(struct kevent_queue *q)
{
	if (!refcount_dec_and_test(&q->refs))
		return;
	kevent_ring_destroy(q);
	kevent_user_put(q->user);
	mutex_destroy(&q->lock);
	kfree(q);
}

/**
 * kevent_queue_withdraw() - a type is withdrawn: break its requests
 * @q:		the queue, not locked
 * @type:	the type
 */
void kevent_queue_withdraw(struct kevent_queue *q, u32 type)
{
	struct rb_node *node;
	struct kevent *k;

	mutex_lock(&q->lock);
	for (node = rb_first(&q->requests); node; node = rb_next(node)) {
		k = rb_entry(node, struct kevent, key_node);
		if (k->callbacks && k->event.type == type)
			kevent_request_withdraw(k);
	}
	mutex_unlock(&q->lock);
}

/**
 * kevent_queue_freed() - one of its requests may have become able to fire
 * @q:		the queue, whose ready_lock is held
 */
void kevent_queue_freed(struct kevent_queue *q)
{
	lockdep_assert_held(&q->ready_lock);
	/* The request before the count; pairs with kevent_round_begin(). */
	smp_store_release(&q->freed, q->freed + 1);
	/*
	 * Who has taken or changed the request goes to look at its source, and sees
	 * all for which it was still found ready; pairs with kevent_storage_ready().
	 * tests/model/rearm.pml has the proof.
	 */
	smp_mb();
}

static void kevent_queue_link_ready(struct kevent *k, u32 ret_flags, u32 ret_data0, u32 ret_data1)
{
	struct kevent_queue *q = k->queue;

	lockdep_assert_held(&q->ready_lock);
	/* Its flags before that; pairs with kevent_queue_busy(). */
	smp_store_release(&k->event.ret_flags, k->event.ret_flags | ret_flags);
	k->event.ret_data[0] = ret_data0;
	k->event.ret_data[1] = ret_data1;
	if (list_empty(&k->ready_node)) {
		list_add_tail(&k->ready_node, &q->ready);
		WRITE_ONCE(q->nr_ready, q->nr_ready + 1);
	}
}

/**
 * kevent_queue_mark_ready() - a request has fired
 * @k:		the request
 * @ret_data:	what to return with it
 *
 * Any context that allows a wake-up. The request must not go away: the caller
 * holds its storage's lock, or its queue's.
 *
 * Return: false if it had fired already and was not taken, or is broken, and is as
 * it was
 */
bool kevent_queue_mark_ready(struct kevent *k, const u32 ret_data[2])
{
	struct kevent_queue *q = k->queue;
	unsigned long flags;
	bool marked;

	if (kevent_queue_busy(k))
		return false;
	spin_lock_irqsave(&q->ready_lock, flags);
	marked = !k->broken && !(k->event.ret_flags & KEVENT_RET_DONE);
	if (marked)
		kevent_queue_link_ready(k, KEVENT_RET_DONE, ret_data[0], ret_data[1]);
	else
		k->again = true;
	spin_unlock_irqrestore(&q->ready_lock, flags);
	if (marked && wq_has_sleeper(&q->wait))
		wake_up_interruptible_poll(&q->wait, EPOLLIN | EPOLLRDNORM);
	return marked;
}

/**
 * kevent_queue_break() - a request has failed, for good
 * @k:		the request; see kevent_queue_mark_ready()
 * @error:	why, a positive errno. The first one counts.
 *
 * This is its last event. What it returned before and was not taken is lost with it.
 */
void kevent_queue_break(struct kevent *k, int error)
{
	struct kevent_queue *q = k->queue;
	unsigned long flags;

	spin_lock_irqsave(&q->ready_lock, flags);
	if (!k->broken) {
		WRITE_ONCE(k->broken, error);
		kevent_queue_link_ready(k, KEVENT_RET_BROKEN | KEVENT_RET_DONE, 0, error);
		kevent_queue_freed(q);
	}
	spin_unlock_irqrestore(&q->ready_lock, flags);
	wake_up_interruptible_poll(&q->wait, EPOLLIN | EPOLLRDNORM);
}

/**
 * kevent_queue_coalesce() - count an event that found its request ready
 * @k:		the request, which must not go away
 */
void kevent_queue_coalesce(struct kevent *k)
{
	atomic64_inc(&k->coalesced);
	atomic64_inc(&k->queue->coalesced);
}

static void kevent_queue_unlink_ready(struct kevent *k)
{
	struct kevent_queue *q = k->queue;

	lockdep_assert_held(&q->ready_lock);
	if (!list_empty(&k->ready_node)) {
		list_del_init(&k->ready_node);
		WRITE_ONCE(q->nr_ready, q->nr_ready - 1);
	}
	WRITE_ONCE(k->event.ret_flags, 0);
	k->event.ret_data[0] = 0;
	k->event.ret_data[1] = 0;
	kevent_queue_freed(q);
}

/**
 * kevent_queue_unready() - forget that a request has fired
 * @k:		a request from kevent_queue_first(); its queue is locked
 *
 * It stays ready if it is broken, or has fired once more since: that may be true
 * though what it was first ready for is not.
 */
void kevent_queue_unready(struct kevent *k)
{
	unsigned long flags;

	spin_lock_irqsave(&k->queue->ready_lock, flags);
	if (!k->broken && !k->again)
		kevent_queue_unlink_ready(k);
	spin_unlock_irqrestore(&k->queue->ready_lock, flags);
}

/**
 * kevent_queue_forget() - a request leaves its queue
 * @k:		the request, which nothing makes ready any more; its queue is locked
 */
void kevent_queue_forget(struct kevent *k)
{
	lockdep_assert_held(&k->queue->lock);
	spin_lock_irq(&k->queue->ready_lock);
	kevent_queue_unlink_ready(k);
	spin_unlock_irq(&k->queue->ready_lock);
}

/**
 * kevent_queue_modify() - change what a request asks for, and clear what it returned
 * @k:		the request; its queue is locked
 * @uk:		its new event, req_flags and user
 */
void kevent_queue_modify(struct kevent *k, const struct ukevent *uk)
{
	struct kevent_queue *q = k->queue;

	lockdep_assert_held(&q->lock);
	spin_lock_irq(&q->ready_lock);
	k->event.event = uk->event;
	WRITE_ONCE(k->event.req_flags, uk->req_flags);
	memcpy(k->event.user, uk->user, sizeof(k->event.user));
	/* One that breaks just now has yet to say so. */
	if (!k->broken)
		kevent_queue_unlink_ready(k);
	spin_unlock_irq(&q->ready_lock);
}

/**
 * kevent_queue_first() - look at the oldest ready request
 * @q:		the queue, locked
 * @uk:		gets a copy
 *
 * It stays ready, so that a copy to user space may fail.
 *
 * Return: the request, or NULL if none is ready, or if too many are so no more once
 * they are asked
 */
struct kevent *kevent_queue_first(struct kevent_queue *q, struct ukevent *uk)
{
	unsigned int left;
	struct kevent *k;

	lockdep_assert_held(&q->lock);
	/*
	 * A source that takes back each event and fires again must not keep us here.
	 * Twice, for one that breaks is told at once.
	 */
	for (left = 2 * q->nr_requests; left; left--) {
		spin_lock_irq(&q->ready_lock);
		k = list_first_entry_or_null(&q->ready, struct kevent, ready_node);
		if (k) {
			*uk = k->event;
			k->again = false;
		}
		spin_unlock_irq(&q->ready_lock);
		if (!k || uk->ret_flags & KEVENT_RET_BROKEN ||
		    !(uk->req_flags & KEVENT_REQ_LAST_CHECK) || kevent_storage_confirm(k))
			return k;
	}
	return NULL;
}

/**
 * kevent_queue_delivered() - an event is with the user
 * @k:		its request, which may be gone after this; its queue is locked
 * @uk:		the event, from kevent_queue_first()
 */
void kevent_queue_delivered(struct kevent *k, const struct ukevent *uk)
{
	struct kevent_queue *q = k->queue;
	u32 broken;

	spin_lock_irq(&q->ready_lock);
	q->delivered++;
	broken = k->event.ret_flags & ~uk->ret_flags & KEVENT_RET_BROKEN;
	if (broken) {
		/* It broke meanwhile: that is an event of its own, to come. */
	} else if (k->event.req_flags & KEVENT_REQ_ET) {
		kevent_queue_unlink_ready(k);
	} else {
		/* DONE stays: it will not fire again until MODIFY. */
		list_del_init(&k->ready_node);
		WRITE_ONCE(q->nr_ready, q->nr_ready - 1);
	}
	spin_unlock_irq(&q->ready_lock);
	if (!broken && k->event.req_flags & KEVENT_REQ_ONESHOT)
		kevent_request_free(k);
}
