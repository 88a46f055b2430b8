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
 * meanwhile, cio answers with -EBUSY, and the driver tries again until it succeeds,
 * without a pause: a job notices nothing but the time, and a CPU that it is busy.
 *
 * The interrupts are ours by their parameter, and the driver never sees them. If the
 * tape is changed meanwhile, the result is thrown away; the next load has a read of
 * its own.
 *
 * A job that is interrupted while its request waits makes the driver clear the
 * subchannel, and our program ends with an interrupt that is the driver's: then we
 * begin once more.
 */
#include <linux/err.h>
#include <linux/io.h>
#include <linux/string.h>

#include "label.h"

#define TAPE_LOG_CMD_READ		0x02
#define TAPE_LOG_CMD_NOP		0x03
#define TAPE_LOG_CMD_REWIND		0x07
#define TAPE_LOG_CMD_READ_BLOCK_ID	0x22

#define TAPE_LOG_ERPA_VOID		0x31

#define TAPE_LOG_BLOCK_NUMBER		0x003fffff	/* of a block id */

/* How often a program is started when the drive did not take it. */
#define TAPE_LOG_LABEL_TRIES		3

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
	rc = ccw_device_start(drive->cdev, label->ccws, (unsigned long)label, 0, 0);
	if (rc)
		label->step = TAPE_LOG_LABEL_IDLE;
	else
		tape_log_label_watch(label);
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
 * tape_log_label_cleared() - an interrupt is the end of a request of the driver's
 * @drive:	the drive; its ccw device's lock is held
 *
 * A subchannel does one thing at a time: what we had started is over, too.
 */
void tape_log_label_cleared(struct tape_log_drive *drive)
{
	struct tape_log_label *label = drive->label;

	switch (label->step) {
	case TAPE_LOG_LABEL_IDLE:
		return;
	case TAPE_LOG_LABEL_WHERE:
		label->step = TAPE_LOG_LABEL_IDLE;
		label->load = 0;
		tape_log_label_read(drive);
		return;
	case TAPE_LOG_LABEL_BLOCK:
		label->load = 0;	/* is read after the rewind */
		fallthrough;
	default:
		tape_log_label_rewind(drive);
	}
}
