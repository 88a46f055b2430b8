// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queues: what is ready, and who waits for it
 *
 * queue.h has the locks.
 */
#include <linux/hrtimer.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "queue.h"

/**
 * struct kevent_waiter - one thread in KEVENT_IOC_WAIT or KEVENT_IOC_GET_EVENTS
 * @entry:	in the queue's wait list, exclusive
 * @queue:	the queue
 * @need:	events that must be ready
 * @for_ring:	a free slot must be there as well
 * @old_uidx:	ends the wait when the ring has more than that, or KEVENT_NO_INDEX
 * @kicks:	the queue's count when the wait began
 */
struct kevent_waiter {
	struct wait_queue_entry	entry;
	struct kevent_queue	*queue;
	unsigned int		need;
	bool			for_ring;
	u32			old_uidx;
	unsigned int		kicks;
};

/**
 * kevent_queue_create() - make an empty queue
 *
 * Return: the queue, or NULL without memory
 */
struct kevent_queue *kevent_queue_create(void)
{
	struct kevent_queue *q;

	q = kzalloc(sizeof(*q), GFP_KERNEL_ACCOUNT);
	if (!q)
		return NULL;
	mutex_init(&q->lock);
	q->requests = RB_ROOT;
	spin_lock_init(&q->ready_lock);
	INIT_LIST_HEAD(&q->ready);
	init_waitqueue_head(&q->wait);
	return q;
}

/**
 * kevent_queue_destroy() - free a queue with all its requests
 * @q:		a queue that no thread can reach any more
 */
void kevent_queue_destroy(struct kevent_queue *q)
{
	struct rb_node *node;

	mutex_lock(&q->lock);
	while ((node = rb_first(&q->requests)))
		kevent_request_free(rb_entry(node, struct kevent, key_node));
	mutex_unlock(&q->lock);
	kevent_ring_destroy(q);
	mutex_destroy(&q->lock);
	kfree(q);
}

/**
 * kevent_queue_mark_ready() - a request has fired, or broken
 * @k:		the request
 * @ret_flags:	KEVENT_RET_DONE, with KEVENT_RET_BROKEN if it is broken
 * @ret_data:	what to return with it
 *
 * Any context that allows a wake-up. The request must not go away: the caller
 * holds its storage's lock, or its queue's.
 *
 * Return: false if it had fired already and was not taken, and is as it was
 */
bool kevent_queue_mark_ready(struct kevent *k, u32 ret_flags, const u32 ret_data[2])
{
	struct kevent_queue *q = k->queue;
	unsigned long flags;
	bool marked = false;

	spin_lock_irqsave(&q->ready_lock, flags);
	if (!(k->event.ret_flags & KEVENT_RET_DONE) || ret_flags & KEVENT_RET_BROKEN) {
		marked = true;
		k->event.ret_flags |= ret_flags;
		k->event.ret_data[0] = ret_data[0];
		k->event.ret_data[1] = ret_data[1];
		if (list_empty(&k->ready_node)) {
			list_add_tail(&k->ready_node, &q->ready);
			WRITE_ONCE(q->nr_ready, q->nr_ready + 1);
		}
	}
	spin_unlock_irqrestore(&q->ready_lock, flags);
	if (marked)
		wake_up_interruptible_poll(&q->wait, EPOLLIN | EPOLLRDNORM);
	return marked;
}

/**
 * kevent_queue_coalesce() - count an event that found its request ready
 * @k:		the request, which must not go away
 */
void kevent_queue_coalesce(struct kevent *k)
{
	struct kevent_queue *q = k->queue;
	unsigned long flags;

	spin_lock_irqsave(&q->ready_lock, flags);
	k->coalesced++;
	q->coalesced++;
	spin_unlock_irqrestore(&q->ready_lock, flags);
}

static void kevent_queue_unlink_ready(struct kevent *k)
{
	struct kevent_queue *q = k->queue;

	lockdep_assert_held(&q->ready_lock);
	if (!list_empty(&k->ready_node)) {
		list_del_init(&k->ready_node);
		WRITE_ONCE(q->nr_ready, q->nr_ready - 1);
	}
	k->event.ret_flags = 0;
	k->event.ret_data[0] = 0;
	k->event.ret_data[1] = 0;
}

/**
 * kevent_queue_unready() - forget that a request has fired
 * @k:		the request, which must not go away
 */
void kevent_queue_unready(struct kevent *k)
{
	unsigned long flags;

	spin_lock_irqsave(&k->queue->ready_lock, flags);
	kevent_queue_unlink_ready(k);
	spin_unlock_irqrestore(&k->queue->ready_lock, flags);
}

/* LAST_CHECK: does the source still stand by its event? */
static bool kevent_queue_confirm(struct kevent *k)
{
	unsigned long flags;
	int rc;

	if (!(k->event.req_flags & KEVENT_REQ_LAST_CHECK) || !k->st)
		return true;
	spin_lock_irqsave(&k->st->lock, flags);
	rc = k->callbacks->callback(k, NULL);
	spin_unlock_irqrestore(&k->st->lock, flags);
	return rc > 0;
}

/**
 * kevent_queue_first() - look at the oldest ready request
 * @q:		the queue, locked
 * @uk:		gets a copy
 *
 * It stays ready, so that a copy to user space may fail.
 *
 * Return: the request, or NULL if none is ready
 */
static struct kevent *kevent_queue_first(struct kevent_queue *q, struct ukevent *uk)
{
	struct kevent *k;

	lockdep_assert_held(&q->lock);
	for (;;) {
		spin_lock_irq(&q->ready_lock);
		k = list_first_entry_or_null(&q->ready, struct kevent, ready_node);
		if (k)
			*uk = k->event;
		spin_unlock_irq(&q->ready_lock);
		if (!k || uk->ret_flags & KEVENT_RET_BROKEN || kevent_queue_confirm(k))
			return k;
		kevent_queue_unready(k);
	}
}

/* The event of @k is with the user: what becomes of the request? */
static void kevent_queue_delivered(struct kevent_queue *q, struct kevent *k)
{
	spin_lock_irq(&q->ready_lock);
	q->delivered++;
	if (k->event.req_flags & KEVENT_REQ_ET) {
		kevent_queue_unlink_ready(k);
	} else {
		/* DONE stays: it will not fire again until MODIFY. */
		list_del_init(&k->ready_node);
		WRITE_ONCE(q->nr_ready, q->nr_ready - 1);
	}
	spin_unlock_irq(&q->ready_lock);
	if (k->event.req_flags & KEVENT_REQ_ONESHOT)
		kevent_request_free(k);
}

/**
 * kevent_queue_kick() - end the waits of a queue
 * @q:		the queue, locked
 */
void kevent_queue_kick(struct kevent_queue *q)
{
	lockdep_assert_held(&q->lock);
	WRITE_ONCE(q->kicks, q->kicks + 1);
	wake_up_interruptible_all(&q->wait);
}

static bool kevent_waiter_satisfied(const struct kevent_waiter *w)
{
	const struct kevent_queue *q = w->queue;

	if (READ_ONCE(q->kicks) != w->kicks)
		return true;
	if (w->old_uidx != KEVENT_NO_INDEX && READ_ONCE(q->kidx) != w->old_uidx)
		return true;
	return READ_ONCE(q->nr_ready) >= w->need && !(w->for_ring && kevent_ring_full(q));
}

/*
 * A wake-up goes to one thread that can use it: one that needs more events than
 * there are is passed over, or it would swallow the wake-up of another.
 */
static int kevent_waiter_wake(struct wait_queue_entry *entry, unsigned int mode, int sync,
			      void *key)
{
	struct kevent_waiter *w = container_of(entry, struct kevent_waiter, entry);

	if (!kevent_waiter_satisfied(w))
		return 0;
	return autoremove_wake_function(entry, mode, sync, key);
}

/* When the wait ends at the latest, on CLOCK_MONOTONIC. */
static ktime_t kevent_deadline(s64 timeout_ns, u32 flags)
{
	ktime_t span = ns_to_ktime(timeout_ns);

	if (flags & KEVENT_FLAGS_ABSTIME)
		span = max_t(ktime_t, ktime_sub(span, ktime_get_real()), 0);
	return ktime_add_safe(ktime_get(), span);
}

/**
 * kevent_waiter_wait() - sleep until a waiter's condition holds
 * @w:		the waiter; @w->kicks is set here
 * @timeout_ns:	as in struct kevent_wait_arg
 * @flags:	KEVENT_FLAGS_*
 *
 * Return: 0, also when the time is over; -EINTR if a signal came first
 */
static int kevent_waiter_wait(struct kevent_waiter *w, s64 timeout_ns, u32 flags)
{
	ktime_t deadline = kevent_deadline(timeout_ns, flags);
	struct kevent_queue *q = w->queue;
	int rc = 0;

	w->kicks = READ_ONCE(q->kicks);
	if (!timeout_ns || kevent_waiter_satisfied(w))
		return 0;
	init_wait(&w->entry);
	w->entry.func = kevent_waiter_wake;
	for (;;) {
		prepare_to_wait_exclusive(&q->wait, &w->entry, TASK_INTERRUPTIBLE);
		if (kevent_waiter_satisfied(w))
			break;
		if (signal_pending(current)) {
			rc = -EINTR;
			break;
		}
		if (!schedule_hrtimeout(timeout_ns < 0 ? NULL : &deadline, HRTIMER_MODE_ABS))
			break;
	}
	finish_wait(&q->wait, &w->entry);
	return rc;
}

/*
 * A thread that leaves passes its wake-up on if there is still something ready:
 * it may have been woken and then left for a signal, or it has taken less than
 * there was.
 */
static void kevent_queue_pass_on(struct kevent_queue *q)
{
	if (READ_ONCE(q->nr_ready) && wq_has_sleeper(&q->wait))
		wake_up_interruptible_poll(&q->wait, EPOLLIN | EPOLLRDNORM);
}

static long kevent_queue_fill_ring(struct kevent_queue *q, u32 num)
{
	struct ukevent uk;
	struct kevent *k;
	long moved = 0;

	while (moved < num && !kevent_ring_full(q)) {
		k = kevent_queue_first(q, &uk);
		if (!k)
			break;
		kevent_ring_put(q, &uk);
		kevent_queue_delivered(q, k);
		moved++;
	}
	return moved;
}

/**
 * kevent_queue_wait() - KEVENT_IOC_WAIT
 * @q:		the queue
 * @arg:	from user space, not checked
 *
 * Return: events moved into the ring, or a negative errno
 */
long kevent_queue_wait(struct kevent_queue *q, const struct kevent_wait_arg *arg)
{
	struct kevent_waiter w = {
		.queue		= q,
		.need		= 1,
		.for_ring	= true,
		.old_uidx	= arg->old_uidx,
	};
	long moved;
	int rc;

	if (!arg->num || arg->reserved || arg->flags & ~KEVENT_FLAGS_ABSTIME)
		return -EINVAL;
	/* With it comes its size; see kevent_ring_create(). */
	if (!smp_load_acquire(&q->ring))
		return -EINVAL;
	rc = kevent_waiter_wait(&w, arg->timeout_ns, arg->flags);
	mutex_lock(&q->lock);
	moved = rc ? 0 : kevent_queue_fill_ring(q, arg->num);
	mutex_unlock(&q->lock);
	kevent_queue_pass_on(q);
	return rc ? rc : moved;
}

/* Copy what is ready; an event that can't be copied stays ready. */
static long kevent_queue_copy(struct kevent_queue *q, u32 max_nr, struct ukevent __user *to)
{
	struct ukevent uk;
	struct kevent *k;
	long copied = 0;

	while (copied < max_nr) {
		k = kevent_queue_first(q, &uk);
		if (!k)
			break;
		if (q->ring && kevent_ring_full(q))
			uk.ret_flags |= KEVENT_RET_COPY_FAILED;
		if (copy_to_user(&to[copied], &uk, sizeof(uk)))
			return copied ? copied : -EFAULT;
		if (q->ring && !kevent_ring_full(q))
			kevent_ring_put(q, &uk);
		kevent_queue_delivered(q, k);
		copied++;
	}
	return copied;
}

/**
 * kevent_queue_get_events() - KEVENT_IOC_GET_EVENTS
 * @q:		the queue
 * @arg:	from user space, not checked
 *
 * Return: events copied, or a negative errno
 */
long kevent_queue_get_events(struct kevent_queue *q, const struct kevent_get_arg *arg)
{
	struct kevent_waiter w = {
		.queue		= q,
		.need		= arg->min_nr,
		.old_uidx	= KEVENT_NO_INDEX,
	};
	long copied;
	int rc;

	if (!arg->max_nr || arg->min_nr > arg->max_nr || arg->reserved ||
	    arg->flags & ~KEVENT_FLAGS_ABSTIME)
		return -EINVAL;
	rc = kevent_waiter_wait(&w, arg->timeout_ns, arg->flags);
	mutex_lock(&q->lock);
	copied = kevent_queue_copy(q, arg->max_nr, u64_to_user_ptr(arg->events));
	mutex_unlock(&q->lock);
	kevent_queue_pass_on(q);
	return copied ? copied : rc;
}
