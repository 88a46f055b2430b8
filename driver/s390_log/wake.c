// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waking those who poll, once for each time that they wait
 *
 * A reader that is about to sleep sets the number at which it wants to be woken,
 * if that is lower than what others want. The event that reaches it takes it away
 * again and wakes all; whoever wanted more sets its own anew. So a flood of events
 * costs one load each, and one wake-up for each time that a reader sleeps.
 * tests/model/wake.pml has the proof that none sleeps for ever.
 */
#include <linux/sched.h>
#include <linux/wait.h>

#include "log.h"

/**
 * s390_log_wake_arm() - a reader is about to sleep
 * @sequence:	the number at which to wake it, below S64_MAX
 *
 * It must look at the sequence afterwards: a full barrier is included.
 */
void s390_log_wake_arm(u64 sequence)
{
	s64 at = atomic64_read(&s390_log_channel.wake_at);

	while ((s64)sequence < at &&
	       !atomic64_try_cmpxchg(&s390_log_channel.wake_at, &at, sequence))
		;
	/* Pairs with the full barrier of W2: either sees the other's word. */
	smp_mb();
}

/**
 * s390_log_wake_all() - an event has the number at which to wake somebody
 * @sequence:	its number
 */
void s390_log_wake_all(u64 sequence)
{
	s64 at = atomic64_read(&s390_log_channel.wake_at);

	while (unlikely((s64)sequence >= at)) {
		if (!atomic64_try_cmpxchg(&s390_log_channel.wake_at, &at, S64_MAX))
			continue;
		/* All, also exclusive waiters: each has a number of its own. */
		wake_up_interruptible_all(&s390_log_channel.wait);
		break;
	}
}
