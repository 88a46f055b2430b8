/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading the beginning of a tape: what label.c and label_limit.c share
 */
#ifndef _TAPE_LOG_LABEL_H
#define _TAPE_LOG_LABEL_H

#include <linux/workqueue.h>

#include "drive.h"

enum tape_log_label_step {
	TAPE_LOG_LABEL_IDLE,
	TAPE_LOG_LABEL_WHERE,
	TAPE_LOG_LABEL_BLOCK,
	TAPE_LOG_LABEL_REWIND,
};

/**
 * struct tape_log_label - reading the beginning of a tape
 * @ccws:	the channel program
 * @where:	the answer to "read block id"
 * @block:	what is read; one byte more than a label, to see if the block is longer
 * @drive:	whose label it is
 * @overdue:	clears what takes too long
 * @limit:	when that is, in jiffies
 * @step:	what the drive does for us right now
 * @tries:	how often that was started
 * @stopped:	no more
 * @load:	the cartridge that this is about, or that was the last
 * @result:	what will be told of it
 *
 * The channel reads and writes the first three: they lie below 2 GB. The rest is
 * under the ccw device's lock.
 */
struct tape_log_label {
	struct ccw1			ccws[2];
	u32				where[2];
	u8				block[S390_LOG_VOLUME_BLOCK + 1];
	struct tape_log_drive		*drive;
	struct delayed_work		overdue;
	unsigned long			limit;
	enum tape_log_label_step	step;
	unsigned int			tries;
	bool				stopped;
	u64				load;
	struct s390_log_volume		result;
};

/* label_limit.c */
void tape_log_label_watch(struct tape_log_label *label);

#endif /* _TAPE_LOG_LABEL_H */
