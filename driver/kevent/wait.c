// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waits: for events that are ready, and for room in the ring
 *
 * A thread waits for a number of events, without any lock, and then takes what is
 * ready under the queue's lock. Who is woken may find that another was faster, and
 * waits again.
 */
#include <linux/hrtimer.h>
#include <linux/pagemap.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "queue.h"

/**
 * struct kevent_waiter - one thread in KEVENT_IOC_WAIT or KEVENT_IOC_GET_EVENTS
 * @entry:	in the queue's wait list, exclusive
 * @queue:	the queue
 * @min:	events to take before the call returns
 * @max:	events to take at most
 * @taken:	events taken so far; not changed while @entry is in the list
 * @take:	takes them, with the queue locked: 0, or -EFAULT if @to is not there
 * @for_ring:	they go into the ring, which must have a free slot
 * @to:		where the next one goes otherwise
 * @old_uidx:	ends the wait when the ring has more than that, or KEVENT_NO_INDEX
 * @kicks:	the queue's count when the wait began
 * @for_ever:	there is no deadline
 * @clock:	whose time @deadline is
 * @deadline:	when the wait ends at the latest; 0: there is no wait
 */
struct kevent_waiter {
	struct wait_queue_entry	entry;
	struct kevent_queue	*queue;
	u32			min;
	u32			max;
	long			taken;
	int			(*take)(struct kevent_waiter *w);
	bool			for_ring;
	struct ukevent __user	*to;
	u32			old_uidx;
	unsigned int		kicks;
	bool			for_ever;
	clockid_t		clock;
	ktime_t			deadline;
};

/**
 * kevent_wait_kick() - end the waits of a queue
 * @q:		the queue, locked
 */
void kevent_wait_kick(struct kevent_queue *q)
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

/* Exact if the queue is locked, a hint if not. */
static bool kevent_waiter_satisfied(const struct kevent_waiter *w)
{
	const struct kevent_queue *q = w->queue;

	if (w->for_ring && kevent_ring_full(q))
		return false;
	return w->taken + READ_ONCE(q->nr_ready) >= w->min;
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

/**
 * kevent_waiter_sleep() - sleep until a waiter's condition holds
 * @w:		the waiter
 *
 * Return: 0 if enough was ready; 1 if the wait is over all the same; -EINTR if a
 * signal came first
 */
static int kevent_waiter_sleep(struct kevent_waiter *w)
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
 * there was. And what it has put into the ring may end the wait of another.
 */
static void kevent_waiter_pass_on(const struct kevent_waiter *w)
{
	struct kevent_queue *q = w->queue;

	if ((READ_ONCE(q->nr_ready) || kevent_ring_unread(q)) && wq_has_sleeper(&q->wait))
		wake_up_interruptible_poll(&q->wait, EPOLLIN | EPOLLRDNORM);
}

/*
 * What woke it was gone when it came to take it. Before it tries again: one that is
 * always too late does not get to sleep, where it would notice these.
 *
 * Returns as kevent_waiter_sleep().
 */
static int kevent_waiter_late(const struct kevent_waiter *w)
{
	ktime_t now = w->clock == CLOCK_REALTIME ? ktime_get_real() : ktime_get();

	if (signal_pending(current))
		return -EINTR;
	return !w->for_ever && ktime_compare(now, w->deadline) >= 0;
}

/*
 * Takes what is ready if that is enough, or if the wait is @over. Where its events go
 * is faulted in without the queue's lock: user space can make a page fault last, and
 * kevent_del_callbacks() waits for the lock.
 */
static int kevent_waiter_take(struct kevent_waiter *w, bool over)
{
	int rc;

	do {
		if (mutex_lock_killable(&w->queue->lock))
			return -EINTR;
		rc = 0;
		/* Another thread may have been faster, or the source taken it back. */
		if (over || kevent_waiter_satisfied(w))
			rc = w->take(w);
		mutex_unlock(&w->queue->lock);
	} while (rc == -EFAULT && !fatal_signal_pending(current) &&
		 !fault_in_safe_writeable((const char __user *)w->to, sizeof(*w->to)));
	return rc;
}

/**
 * kevent_waiter_run() - wait and take, until it is enough or the wait is over
 * @w:		the waiter, all but its times set
 * @timeout_ns:	from user space
 * @flags:	from user space
 *
 * Return: events taken, or a negative errno if none was
 */
static long kevent_waiter_run(struct kevent_waiter *w, s64 timeout_ns, u32 flags)
{
	int rc, over;

	w->kicks = READ_ONCE(w->queue->kicks);
	w->for_ever = timeout_ns < 0;
	w->clock = flags & KEVENT_FLAGS_ABSTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC;
	w->deadline = ns_to_ktime(timeout_ns);
	if (timeout_ns > 0 && !(flags & KEVENT_FLAGS_ABSTIME))
		w->deadline = ktime_add_safe(ktime_get(), w->deadline);
	do {
		over = kevent_waiter_sleep(w);
		rc = kevent_waiter_take(w, over);
		if (!rc && !over && w->taken < w->min)
			over = kevent_waiter_late(w);
	} while (!rc && !over && w->taken < w->min);
	kevent_waiter_pass_on(w);
	if (w->taken)
		return w->taken;
	return rc ? rc : min(over, 0);
}

static int kevent_waiter_fill_ring(struct kevent_waiter *w)
{
	struct kevent_queue *q = w->queue;
	struct ukevent uk;
	struct kevent *k;

	while (w->taken < w->max && !kevent_ring_full(q)) {
		k = kevent_queue_first(q, &uk);
		if (!k)
			break;
		/* In this order: who sees the entry must find the next event announced. */
		kevent_queue_delivered(k, &uk);
		kevent_ring_put(q, &uk);
		w->taken++;
	}
	return 0;
}

/**
 * kevent_wait_ring() - KEVENT_IOC_WAIT
 * @q:		the queue
 * @arg:	from user space, not checked
 *
 * Return: events moved into the ring, or a negative errno
 */
long kevent_wait_ring(struct kevent_queue *q, const struct kevent_wait_arg *arg)
{
	struct kevent_waiter w = {
		.queue		= q,
		.min		= 1,
		.max		= arg->num,
		.take		= kevent_waiter_fill_ring,
		.for_ring	= true,
		.old_uidx	= arg->old_uidx,
	};

	if (!arg->num || arg->reserved || arg->flags & ~KEVENT_FLAGS_ABSTIME)
		return -EINVAL;
	/* With it comes its size; see kevent_ring_create(). */
	if (!smp_load_acquire(&q->ring))
		return -EINVAL;
	if (arg->old_uidx != KEVENT_NO_INDEX && arg->old_uidx >= q->ring_size)
		return -EINVAL;
	return kevent_waiter_run(&w, arg->timeout_ns, arg->flags);
}

/* Copies what is ready; an event that can't be copied without a page fault stays ready. */
static int kevent_waiter_copy(struct kevent_waiter *w)
{
	struct kevent_queue *q = w->queue;
	unsigned long left;
	struct ukevent uk;
	struct kevent *k;
	u32 n;

	/* A source may make requests ready as fast as they are taken: others want the queue. */
	for (n = 0; n < KEVENT_MAX_REQUESTS && w->taken < w->max; n++) {
		k = kevent_queue_first(q, &uk);
		if (!k)
			break;
		if (q->ring && kevent_ring_full(q))
			uk.ret_flags |= KEVENT_RET_COPY_FAILED;
		pagefault_disable();
		left = copy_to_user(w->to, &uk, sizeof(uk));
		pagefault_enable();
		if (left)
			return -EFAULT;
		kevent_queue_delivered(k, &uk);
		if (q->ring && !kevent_ring_full(q))
			kevent_ring_put(q, &uk);
		w->to++;
		w->taken++;
	}
	return 0;
}

/**
 * kevent_wait_events() - KEVENT_IOC_GET_EVENTS
 * @q:		the queue
 * @arg:	from user space, not checked
 *
 * Return: events copied, or a negative errno
 */
long kevent_wait_events(struct kevent_queue *q, const struct kevent_get_arg *arg)
{
	struct kevent_waiter w = {
		.queue		= q,
		.min		= arg->min_nr,
		.max		= arg->max_nr,
		.take		= kevent_waiter_copy,
		.to		= u64_to_user_ptr(arg->events),
		.old_uidx	= KEVENT_NO_INDEX,
	};

	if (!arg->max_nr || arg->min_nr > arg->max_nr || arg->reserved ||
	    arg->flags & ~KEVENT_FLAGS_ABSTIME)
		return -EINVAL;
	return kevent_waiter_run(&w, arg->timeout_ns, arg->flags);
}
