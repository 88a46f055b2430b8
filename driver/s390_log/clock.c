// SPDX-License-Identifier: GPL-2.0-only
/*
 * The time of an event, for less than ktime_get_real_ns() takes
 *
 * Each CPU remembers what real time it was at one value of the TOD clock, and
 * counts on from there for a millisecond at most. That is CLOCK_REALTIME, but a
 * step of it, or of the TOD clock, is followed a millisecond late, and so is a
 * change of its rate: half a microsecond as NTP steers. So the times of one CPU may
 * go back by as much. The order of events is that of their numbers.
 *
 * While the kernel lets its clock differ from the TOD clock, because that has been
 * set (STP), nothing is remembered, and each event asks the kernel.
 */
#include "compat.h"
#include "log.h"

/* Further apart, two readings are not of one clock; or the CPU was away meanwhile. */
#define S390_LOG_CLOCK_SLACK	(16 * S390_LOG_TOD_US)

/**
 * s390_log_clock_ask() - ask the kernel for the time, and remember it
 * @clock:	of this CPU; interrupts are off
 *
 * Return: nanoseconds since the epoch
 */
u64 s390_log_clock_ask(struct s390_log_clock *clock)
{
	u64 tod = get_tod_clock_fast();
	u64 cycles;

	clock->ns = compat_real_snapshot(&cycles);
	/* 0 was in 1900: the next event asks again. */
	clock->tod = cycles - tod < S390_LOG_CLOCK_SLACK ? cycles : 0;
	return clock->ns;
}
