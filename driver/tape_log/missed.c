// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls that a probe did not see
 *
 * While a probe's handler runs on a CPU, others are skipped there: also those of an
 * interrupt that comes meanwhile, if the handler (it may be anybody's) leaves them
 * on. And a kretprobe has so many instances only. The kernel counts both; here the
 * log is told.
 */
#include <linux/kprobes.h>

#include "drive.h"

/**
 * tape_log_missed_tell() - emit how many calls were missed since the last time
 * @told:	what was told so far
 * @missed:	what the kernel has counted
 * @symbol:	the function that was called
 */
void tape_log_missed_tell(unsigned long *told, unsigned long missed, const char *symbol)
{
	const unsigned long before = xchg(told, missed);

	if (missed != before)
		s390_log_printf("tape_log: %lu calls of %s were not seen: events may be missing",
				missed - before, symbol);
}

/**
 * tape_log_missed_by() - all that a kretprobe has missed
 * @probe:	the probe
 *
 * Return: calls, since it was registered
 */
unsigned long tape_log_missed_by(const struct kretprobe *probe)
{
	return READ_ONCE(probe->nmissed) + READ_ONCE(probe->kp.nmissed);
}
