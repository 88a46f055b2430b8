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
 * @for_ever:	there is no deadline
 * @clock:	whose time @deadline is
 * @deadline:	when the wait ends at the latest; 0: there is no wait
 */
struct kevent_waiter {
	struct wait_queue_entry	entry;
	struct kevent_queue	*queue;
	unsigned int		need;
	bool			for_ring;
	u32			old_uidx;
	unsigned int		kicks;
	bool			for_ever;
	clockid_t		clock;
	ktime_t			deadline;
};

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
 * @callbacks:	of the type
 */
void kevent_queue_withdraw(struct kevent_queue *q, const struct kevent_callbacks *callbacks)
{
	struct rb_node *node;
	struct kevent *k;

	mutex_lock(&q->lock);
	for (node = rb_first(&q->requests); node; node = rb_next(node)) {
		k = rb_entry(node, struct kevent, key_node);
		if (k->callbacks == callbacks)
			kevent_request_withdraw(k);
	}
	mutex_unlock(&q->lock);
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
	kevent_queue_unlink_ready(k);
	k->event.event = uk->event;
	WRITE_ONCE(k->event.req_flags, uk->req_flags);
	memcpy(k->event.user, uk->user, sizeof(k->event.user));
	spin_unlock_irq(&q->ready_lock);
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
		if (!k || uk->ret_flags & KEVENT_RET_BROKEN ||
		    !(uk->req_flags & KEVENT_REQ_LAST_CHECK) || kevent_storage_confirm(k))
			return k;
	}
}

/* The event @uk of @k is with the user: what becomes of the request? */
static void kevent_queue_delivered(struct kevent *k, const struct ukevent *uk)
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

/* The wait ends, whatever is ready: a kick, or events that another thread fetched. */
static bool kevent_waiter_over(const struct kevent_waiter *w)
{
	const struct kevent_queue *q = w->queue;

	if (READ_ONCE(q->kicks) != w->kicks)
		return true;
	/* A ring that is full has slots past any index. */
	return w->old_uidx != KEVENT_NO_INDEX &&
	       (READ_ONCE(q->kidx) != w->old_uidx || kevent_ring_full(q));
}

static bool kevent_waiter_satisfied(const struct kevent_waiter *w)
{
	const struct kevent_queue *q = w->queue;

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

	if (!kevent_waiter_satisfied(w) && !kevent_waiter_over(w))
		return 0;
	return autoremove_wake_function(entry, mode, sync, key);
}

static void kevent_waiter_init(struct kevent_waiter *w, s64 timeout_ns, u32 flags)
{
	w->kicks = READ_ONCE(w->queue->kicks);
	w->for_ever = timeout_ns < 0;
	w->clock = flags & KEVENT_FLAGS_ABSTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC;
	w->deadline = ns_to_ktime(timeout_ns);
	if (timeout_ns > 0 && !(flags & KEVENT_FLAGS_ABSTIME))
		w->deadline = ktime_add_safe(ktime_get(), w->deadline);
}

/**
 * kevent_waiter_wait() - sleep until a waiter's condition holds
 * @w:		the waiter
 *
 * Return: 0 if enough was ready; 1 if the wait is over all the same; -EINTR if a
 * signal came first
 */
static int kevent_waiter_wait(struct kevent_waiter *w)
{
	struct kevent_queue *q = w->queue;
	int rc = 1;

	if (kevent_waiter_satisfied(w))
		return 0;
	if (!w->deadline || kevent_waiter_over(w))
		return 1;
	init_wait(&w->entry);
	w->entry.func = kevent_waiter_wake;
	for (;;) {
		prepare_to_wait_exclusive(&q->wait, &w->entry, TASK_INTERRUPTIBLE);
		if (kevent_waiter_satisfied(w)) {
			rc = 0;
			break;
		}
		if (kevent_waiter_over(w))
			break;
		if (signal_pending(current)) {
			rc = -EINTR;
			break;
		}
		if (!schedule_hrtimeout_range_clock(w->for_ever ? NULL : &w->deadline, 0,
						    HRTIMER_MODE_ABS, w->clock))
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
		kevent_queue_delivered(k, &uk);
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
	long moved = 0;
	int rc;

	if (!arg->num || arg->reserved || arg->flags & ~KEVENT_FLAGS_ABSTIME)
		return -EINVAL;
	/* With it comes its size; see kevent_ring_create(). */
	if (!smp_load_acquire(&q->ring))
		return -EINVAL;
	if (arg->old_uidx != KEVENT_NO_INDEX && arg->old_uidx >= q->ring_size)
		return -EINVAL;
	kevent_waiter_init(&w, arg->timeout_ns, arg->flags);
	do {
		rc = kevent_waiter_wait(&w);
		if (mutex_lock_killable(&q->lock)) {
			rc = -EINTR;
			break;
		}
		moved = kevent_queue_fill_ring(q, arg->num);
		mutex_unlock(&q->lock);
		/* Another thread may have been faster. */
	} while (!rc && !moved);
	kevent_queue_pass_on(q);
	return moved || rc > 0 ? moved : rc;
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
		kevent_queue_delivered(k, &uk);
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
	struct ukevent __user *to = u64_to_user_ptr(arg->events);
	long copied = 0, more;
	int rc;

	if (!arg->max_nr || arg->min_nr > arg->max_nr || arg->reserved ||
	    arg->flags & ~KEVENT_FLAGS_ABSTIME)
		return -EINVAL;
	kevent_waiter_init(&w, arg->timeout_ns, arg->flags);
	do {
		rc = kevent_waiter_wait(&w);
		if (mutex_lock_killable(&q->lock)) {
			rc = -EINTR;
			break;
		}
		/* Another thread may have been faster, or the source taken it back. */
		more = 0;
		if (rc || kevent_waiter_satisfied(&w))
			more = kevent_queue_copy(q, arg->max_nr - copied, to + copied);
		mutex_unlock(&q->lock);
		if (more < 0)
			rc = more;
		else
			copied += more;
		w.need = arg->min_nr - min_t(long, copied, arg->min_nr);
	} while (!rc && w.need);
	kevent_queue_pass_on(q);
	return copied || rc > 0 ? copied : rc;
}
