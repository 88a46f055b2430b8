// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interrupt handler that stands before the tape driver's
 */
#include <linux/err.h>
#include <linux/io.h>
#include <linux/string.h>

#include "drive.h"

#define TAPE_LOG_CMD_SENSE	0x04

/* Not ready to ready: what a real drive reports, and the driver acts upon. */
#define TAPE_LOG_DSTAT_READY	(DEV_STAT_ATTENTION | DEV_STAT_DEV_END | DEV_STAT_UNIT_EXCEP)

/**
 * tape_log_handler_sense() - the bytes of a SENSE that has just ended
 * @irb:	the interrupt
 * @sense:	gets them, zeroes behind; a 3480 has 24, a 3490 has 32
 *
 * The subchannel status has the address behind the last CCW, so that nothing of
 * the tape driver's own need be known.
 *
 * Return: false if it was no SENSE, or one that failed
 */
static bool tape_log_handler_sense(const struct irb *irb, u8 sense[TAPE_LOG_SENSE_SIZE])
{
	const struct cmd_scsw *scsw = &irb->scsw.cmd;
	u32 cpa = (__force u32)scsw->cpa;
	const struct ccw1 *ccw;
	size_t length;

	/* The driver asks for 32 bytes: a 3480 ends with an incorrect length. */
	if (scsw->dstat != (DEV_STAT_CHN_END | DEV_STAT_DEV_END) || scsw->cc ||
	    scsw->cstat & ~SCHN_STAT_INCORR_LEN)
		return false;
	if (cpa < sizeof(*ccw) || !IS_ALIGNED(cpa, sizeof(*ccw)))
		return false;
	ccw = phys_to_virt(cpa - sizeof(*ccw));
	if (ccw->cmd_code != TAPE_LOG_CMD_SENSE || ccw->flags & CCW_FLAG_IDA ||
	    ccw->count < scsw->count + TAPE_LOG_SENSE_MIN)
		return false;
	length = min_t(size_t, ccw->count - scsw->count, TAPE_LOG_SENSE_SIZE);
	memset(sense, 0, TAPE_LOG_SENSE_SIZE);
	memcpy(sense, phys_to_virt((__force u32)ccw->cda), length);
	return true;
}

/**
 * tape_log_handler_look() - make the tape driver look at the medium
 * @drive:	the drive; its ccw device's lock is held and interrupts are off
 *
 * Presents the interrupt by which a drive says that it became ready.
 */
void tape_log_handler_look(struct tape_log_drive *drive)
{
	struct irb irb = { };

	lockdep_assert_held(get_ccwdev_lock(drive->cdev));
	irb.scsw.cmd.stctl = SCSW_STCTL_ALERT_STATUS | SCSW_STCTL_STATUS_PEND;
	irb.scsw.cmd.dstat = TAPE_LOG_DSTAT_READY;
	drive->handler(drive->cdev, 0, &irb);
}

static void tape_log_handler_unsolicited(struct tape_log_drive *drive, struct irb *irb)
{
	switch (irb->scsw.cmd.dstat) {
	case DEV_STAT_DEV_END:
		drive->end_told = false;
		tape_log_medium_announced(drive, S390_LOG_ORIGIN_END);
		tape_log_handler_look(drive);
		break;
	case TAPE_LOG_DSTAT_READY:
		drive->end_told = false;
		tape_log_medium_announced(drive, S390_LOG_ORIGIN_READY);
		drive->handler(drive->cdev, 0, irb);
		break;
	case DEV_STAT_ATTENTION:
		tape_log_error_attention(drive, irb);
		fallthrough;
	default:
		drive->handler(drive->cdev, 0, irb);
	}
}

static void tape_log_handler_solicited(struct tape_log_drive *drive, unsigned long intparm,
				       struct irb *irb)
{
	u8 sense[TAPE_LOG_SENSE_SIZE];
	struct s390_log_tape_error end;
	bool again = false;

	/* First, because the driver frees the request, and the sense with it. */
	tape_log_error_fill(drive, &end, irb);
	if (tape_log_handler_sense(irb, sense))
		again = !tape_log_medium_sensed(drive, sense);
	else if (irb->scsw.cmd.dstat & DEV_STAT_UNIT_CHECK)
		tape_log_medium_checked(drive, irb->ecw);
	/* Before the driver starts the next request: the tape is where it was loaded. */
	tape_log_label_read(drive);
	drive->intparm = intparm;
	drive->restarted = false;
	drive->handler(drive->cdev, intparm, irb);
	drive->intparm = 0;
	/* A deferred condition code: the driver will start the request again. */
	if (!irb->scsw.cmd.cc)
		tape_log_error_ended(drive, &end);
	if (again)
		tape_log_handler_look(drive);
}

/**
 * tape_log_handler() - interrupt handler of a watched drive
 * @cdev:	the drive's ccw device; its lock is held
 * @intparm:	0 if unsolicited, else the tape driver's
 * @irb:	the status, or an error pointer
 */
void tape_log_handler(struct ccw_device *cdev, unsigned long intparm, struct irb *irb)
{
	struct tape_log_drive *drive;

	rcu_read_lock();
	drive = tape_log_drive_find(cdev);
	if (!drive || tape_log_label_interrupt(drive, intparm, irb))
		goto out;
	if (IS_ERR(irb)) {
		if (intparm)
			tape_log_error_timeout(drive);
		drive->handler(cdev, intparm, irb);
	} else if (intparm) {
		tape_log_handler_solicited(drive, intparm, irb);
	} else {
		tape_log_handler_unsolicited(drive, irb);
	}
out:
	rcu_read_unlock();
}
