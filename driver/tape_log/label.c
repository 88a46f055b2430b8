// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first block of a tape that was just loaded
 *
 * This is the only I/O of ours, and only if the log's consumer asks for
 * KEVENT_S390_TAPE_VOLUME. It does not open the drive: the tape driver allows one
 * opener, and a job that came meanwhile would be refused. Nor can it be left to the
 * driver's read: that first writes the tape marks that the last job still owes, be
 * it on another cartridge, over the label.
 *
 * Instead, three channel programs of one command each are started on the subchannel:
 * where is the tape? (only at its load point we go on); read; rewind. The first in
 * the interrupt that settled that a tape is there, before the driver has it, each
 * next one in the interrupt of the one before, all under the ccw device's lock.
 * So nothing of the driver's comes between them. What the driver wants to start
 * meanwhile, cio answers with -EBUSY, and the driver tries again until it succeeds:
 * a job notices nothing but the time.
 *
 * The interrupts are ours by their parameter, and the driver never sees them. If the
 * tape is changed meanwhile, the result is thrown away; the next load has a read of
 * its own.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "drive.h"

#define TAPE_LOG_CMD_READ		0x02
#define TAPE_LOG_CMD_NOP		0x03
#define TAPE_LOG_CMD_REWIND		0x07
#define TAPE_LOG_CMD_READ_BLOCK_ID	0x22

#define TAPE_LOG_ERPA_VOID		0x31

#define TAPE_LOG_BLOCK_NUMBER		0x003fffff	/* of a block id */

/* Each channel program may take so long; then cio ends it. */
#define TAPE_LOG_LABEL_LIMIT		(5 * HZ)
/* How often one is started when the drive did not take it. */
#define TAPE_LOG_LABEL_TRIES		3
/* cio ends three programs, and may need a while for each. */
#define TAPE_LOG_LABEL_END_MS		30000
#define TAPE_LOG_LABEL_POLL_MS		5

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
	enum tape_log_label_step	step;
	unsigned int			tries;
	bool				stopped;
	u64				load;
	struct s390_log_volume		result;
};

static void tape_log_label_ccw(struct ccw1 *ccw, u8 command, u8 flags, u16 count, void *data)
{
	*ccw = (struct ccw1) {
		.cmd_code	= command,
		.flags		= flags,
		.count		= count,
	};
	/* A type of its own from 6.9 on. */
	ccw->cda = (__force typeof(ccw->cda))(u32)(data ? virt_to_phys(data) : 0);
}

static void tape_log_label_program(struct tape_log_label *label)
{
	switch (label->step) {
	case TAPE_LOG_LABEL_WHERE:
		tape_log_label_ccw(label->ccws, TAPE_LOG_CMD_READ_BLOCK_ID, CCW_FLAG_SLI,
				   sizeof(label->where), label->where);
		break;
	case TAPE_LOG_LABEL_BLOCK:
		tape_log_label_ccw(label->ccws, TAPE_LOG_CMD_READ, CCW_FLAG_SLI,
				   sizeof(label->block), label->block);
		break;
	default:
		/* The second waits for the end of the first. */
		tape_log_label_ccw(label->ccws, TAPE_LOG_CMD_REWIND, CCW_FLAG_CC | CCW_FLAG_SLI,
				   1, label->where);
		tape_log_label_ccw(label->ccws + 1, TAPE_LOG_CMD_NOP, CCW_FLAG_SLI, 1,
				   label->where);
	}
}

static int tape_log_label_start(struct tape_log_drive *drive, enum tape_log_label_step step)
{
	struct tape_log_label *label = drive->label;
	int rc;

	lockdep_assert_held(get_ccwdev_lock(drive->cdev));
	label->tries = label->step == step ? label->tries + 1 : 1;
	label->step = step;
	tape_log_label_program(label);
	rc = ccw_device_start_timeout(drive->cdev, label->ccws, (unsigned long)label, 0, 0,
				      TAPE_LOG_LABEL_LIMIT);
	if (rc)
		label->step = TAPE_LOG_LABEL_IDLE;
	return rc;
}

/**
 * tape_log_label_read() - read the beginning of the tape if that is new
 * @drive:	the drive; its ccw device's lock is held, and it is not busy
 */
void tape_log_label_read(struct tape_log_drive *drive)
{
	const struct ccw_device_id *id = &drive->cdev->id;
	struct tape_log_label *label = drive->label;
	u64 load = tape_log_medium_load(drive);

	if (!load || load == label->load || label->step != TAPE_LOG_LABEL_IDLE || label->stopped)
		return;
	label->load = load;
	if (!s390_log_demanded(KEVENT_S390_TAPE_VOLUME))
		return;
	label->result = (struct s390_log_volume) {
		.cu_type	= id->cu_type,
		.dev_type	= id->dev_type,
		.cu_model	= id->cu_model,
		.dev_model	= id->dev_model,
		.load		= load,
	};
	memset(label->where, 0xff, sizeof(label->where));
	memset(label->block, 0, sizeof(label->block));
	if (tape_log_label_start(drive, TAPE_LOG_LABEL_WHERE))
		label->load = 0;	/* with the next interrupt */
}

static void tape_log_label_end(struct tape_log_drive *drive)
{
	struct tape_log_label *label = drive->label;

	label->step = TAPE_LOG_LABEL_IDLE;
	if (label->result.flags & S390_LOG_VOLUME_NOT_REWOUND)
		dev_warn(&drive->cdev->dev,
			 "tape_log: the tape could not be rewound after its label was read\n");
	if (label->load == tape_log_medium_load(drive) && label->result.outcome)
		s390_log_emit(KEVENT_S390_TAPE_VOLUME, drive->device, 0, &label->result,
			      sizeof(label->result));
	/* The next one may have come meanwhile. */
	tape_log_label_read(drive);
}

static void tape_log_label_rewind(struct tape_log_drive *drive)
{
	if (!tape_log_label_start(drive, TAPE_LOG_LABEL_REWIND))
		return;
	drive->label->result.flags |= S390_LOG_VOLUME_NOT_REWOUND;
	tape_log_label_end(drive);
}

static void tape_log_label_failed(struct tape_log_drive *drive, const struct irb *irb)
{
	struct s390_log_volume *result = &drive->label->result;

	if (IS_ERR(irb) || !tape_log_sensed(irb)) {
		result->outcome = S390_LOG_VOLUME_NO_ANSWER;
		return;
	}
	memcpy(result->sense, irb->ecw, sizeof(result->sense));
	result->outcome = S390_LOG_VOLUME_UNREADABLE;
	if (result->sense[3] == TAPE_LOG_ERPA_VOID)
		result->outcome = S390_LOG_VOLUME_BLANK;
	if (result->sense[0] & TAPE_LOG_SENSE0_INTERVENTION) {
		result->outcome = 0;
		tape_log_medium_checked(drive, irb->ecw);
	}
}

static bool tape_log_label_good(const struct irb *irb)
{
	const struct cmd_scsw *scsw;

	if (IS_ERR(irb))
		return false;
	scsw = &irb->scsw.cmd;
	return scsw->dstat == (DEV_STAT_CHN_END | DEV_STAT_DEV_END) &&
	       !(scsw->cstat & ~SCHN_STAT_INCORR_LEN);
}

static void tape_log_label_where(struct tape_log_drive *drive, const struct irb *irb)
{
	struct tape_log_label *label = drive->label;

	if (!tape_log_label_good(irb)) {
		tape_log_label_failed(drive, irb);
		tape_log_label_end(drive);
	} else if (label->where[0] & TAPE_LOG_BLOCK_NUMBER) {
		label->result.outcome = S390_LOG_VOLUME_IN_USE;
		tape_log_label_end(drive);
	} else if (tape_log_label_start(drive, TAPE_LOG_LABEL_BLOCK)) {
		label->result.outcome = S390_LOG_VOLUME_NO_ANSWER;
		tape_log_label_end(drive);
	}
}

static void tape_log_label_block(struct tape_log_drive *drive, const struct irb *irb)
{
	struct tape_log_label *label = drive->label;
	struct s390_log_volume *result = &label->result;

	if (tape_log_label_good(irb)) {
		result->outcome = S390_LOG_VOLUME_READ;
		result->length = sizeof(label->block) - irb->scsw.cmd.count;
		memcpy(result->block, label->block, sizeof(result->block));
	} else if (!IS_ERR(irb) && irb->scsw.cmd.dstat & DEV_STAT_UNIT_EXCEP &&
		   !(irb->scsw.cmd.dstat & DEV_STAT_UNIT_CHECK)) {
		result->outcome = S390_LOG_VOLUME_TAPE_MARK;
	} else {
		tape_log_label_failed(drive, irb);
	}
	tape_log_label_rewind(drive);
}

/*
 * A condition code that came late, or a drive that was busy: nothing was done. And
 * what a drive has to say of earlier things it says at the first command, which can
 * be repeated.
 */
static bool tape_log_label_again(struct tape_log_drive *drive, const struct irb *irb)
{
	struct tape_log_label *label = drive->label;
	const struct cmd_scsw *scsw;

	if (IS_ERR(irb) || label->tries >= TAPE_LOG_LABEL_TRIES)
		return false;
	scsw = &irb->scsw.cmd;
	if (!scsw->cc && !(scsw->dstat & DEV_STAT_BUSY) &&
	    !(tape_log_sensed(irb) && label->step == TAPE_LOG_LABEL_WHERE &&
	      !(irb->ecw[0] & TAPE_LOG_SENSE0_INTERVENTION)))
		return false;
	return !tape_log_label_start(drive, label->step);
}

/**
 * tape_log_label_interrupt() - an interrupt that may be ours
 * @drive:	the drive; its ccw device's lock is held
 * @intparm:	tells whose it is
 * @irb:	the status, or an error pointer
 *
 * Return: true if it was, and the tape driver must not see it
 */
bool tape_log_label_interrupt(struct tape_log_drive *drive, unsigned long intparm,
			      const struct irb *irb)
{
	struct tape_log_label *label = drive->label;

	if (intparm != (unsigned long)label)
		return false;
	if (label->step == TAPE_LOG_LABEL_IDLE || tape_log_label_again(drive, irb))
		return true;
	switch (label->step) {
	case TAPE_LOG_LABEL_WHERE:
		tape_log_label_where(drive, irb);
		break;
	case TAPE_LOG_LABEL_BLOCK:
		tape_log_label_block(drive, irb);
		break;
	default:
		if (!tape_log_label_good(irb))
			label->result.flags |= S390_LOG_VOLUME_NOT_REWOUND;
		tape_log_label_end(drive);
	}
	return true;
}

/**
 * tape_log_label_create() - prepare to read labels
 *
 * Return: what a drive needs for it, or NULL
 */
struct tape_log_label *tape_log_label_create(void)
{
	return kzalloc(sizeof(struct tape_log_label), GFP_KERNEL | GFP_DMA);
}

/**
 * tape_log_label_stop() - read no more labels
 * @drive:	the drive, whose handler is still ours: the end of our own I/O must
 *		not come to the tape driver
 *
 * Waits for what is under way, but not for a device that is gone, which may never
 * answer.
 */
void tape_log_label_stop(struct tape_log_drive *drive)
{
	struct tape_log_label *label = drive->label;
	unsigned int ms;
	bool idle = false;

	for (ms = 0; !idle && ms < TAPE_LOG_LABEL_END_MS; ms += TAPE_LOG_LABEL_POLL_MS) {
		if (ms)
			msleep(TAPE_LOG_LABEL_POLL_MS);
		spin_lock_irq(get_ccwdev_lock(drive->cdev));
		label->stopped = true;
		idle = label->step == TAPE_LOG_LABEL_IDLE;
		spin_unlock_irq(get_ccwdev_lock(drive->cdev));
		/* Nobody will answer any more. */
		if (!drive->cdev->online)
			break;
	}
}

/**
 * tape_log_label_destroy() - the end of what a drive needs to read labels
 * @drive:	the drive, of which nobody in our handler knows any more
 *
 * What never ended is not given back: the channel might still write to it.
 */
void tape_log_label_destroy(struct tape_log_drive *drive)
{
	if (drive->label->step == TAPE_LOG_LABEL_IDLE)
		kfree(drive->label);
	else
		dev_warn(&drive->cdev->dev, "tape_log: no answer while the label was read\n");
}
