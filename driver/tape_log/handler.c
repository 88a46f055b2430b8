// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interrupt handler that stands before the tape driver's
 */
#include <linux/err.h>

#include "drive.h"

/* Not ready to ready: what a real drive reports, and the driver acts upon. */
#define TAPE_LOG_DSTAT_READY	(DEV_STAT_ATTENTION | DEV_STAT_DEV_END | DEV_STAT_UNIT_EXCEP)

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
	default:
		if (tape_log_sensed(irb))
			tape_log_medium_checked(drive, irb->ecw);
		tape_log_error_unsolicited(drive, irb);
		drive->handler(drive->cdev, 0, irb);
	}
}

static void tape_log_handler_solicited(struct tape_log_drive *drive, unsigned long intparm,
				       struct irb *irb)
{
	/* The driver may start the next request, and the status is gone. */
	const bool deferred = irb->scsw.cmd.cc;
	const bool cancelled = irb->scsw.cmd.fctl & (SCSW_FCTL_HALT_FUNC | SCSW_FCTL_CLEAR_FUNC);
	u8 sense[TAPE_LOG_SENSE_SIZE];
	struct s390_log_tape_error end;
	bool again = false;

	/* First, because the driver frees the request, and the sense with it. */
	tape_log_error_fill(drive, &end, irb);
	if (tape_log_ccw_sense(irb, sense) >= TAPE_LOG_SENSE_MIN)
		again = !tape_log_medium_sensed(drive, sense);
	else if (tape_log_sensed(irb))
		tape_log_medium_checked(drive, irb->ecw);
	/* Before the driver starts the next request: the tape is where it was loaded. */
	tape_log_label_read(drive);
	drive->intparm = intparm;
	drive->restarted = false;
	drive->handler(drive->cdev, intparm, irb);
	drive->intparm = 0;
	/* A deferred condition code: the driver will start the request again. */
	if (!deferred)
		tape_log_error_ended(drive, &end, cancelled);
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
	if (intparm)
		tape_log_label_cleared(drive);
	if (IS_ERR(irb)) {
		if (intparm)
			tape_log_error_killed(drive, PTR_ERR(irb));
		drive->handler(cdev, intparm, irb);
	} else if (intparm) {
		tape_log_handler_solicited(drive, intparm, irb);
	} else {
		tape_log_handler_unsolicited(drive, irb);
	}
out:
	rcu_read_unlock();
}
