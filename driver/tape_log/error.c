// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations that did not end well: what the status and the sense bytes say
 *
 * An operation that the tape driver starts again is reported when its end is
 * known: as recovered, or as failed with the number of retries.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "drive.h"

/* Sense bytes 0 and 1 of a 3480 and 3490. */
#define TAPE_LOG_SENSE0_REJECT		0x80
#define TAPE_LOG_SENSE0_EQUIPMENT	0x10
#define TAPE_LOG_SENSE0_DATA		0x08
#define TAPE_LOG_SENSE0_DEFERRED	0x02
#define TAPE_LOG_SENSE0_ASSIGNED	0x01
#define TAPE_LOG_SENSE1_BEGINNING	0x08
#define TAPE_LOG_SENSE1_WRITE_MODE	0x04

/* Command codes. */
#define TAPE_LOG_CMD_WRITE		0x01
#define TAPE_LOG_CMD_READ		0x02
#define TAPE_LOG_CMD_NOP		0x03
#define TAPE_LOG_CMD_READ_BACKWARD	0x0c
#define TAPE_LOG_CMD_UNLOAD		0x0f
#define TAPE_LOG_CMD_WRITE_MARK		0x1f
#define TAPE_LOG_CMD_BACK_BLOCK		0x27
#define TAPE_LOG_CMD_BACK_FILE		0x2f
#define TAPE_LOG_CMD_SPACE_BLOCK	0x37
#define TAPE_LOG_CMD_SPACE_FILE		0x3f
#define TAPE_LOG_CMD_DISPLAY		0x9f
#define TAPE_LOG_CMD_ASSIGN		0xb7
#define TAPE_LOG_CMD_UNASSIGN		0xc7

/* Error-recovery-procedure action codes. */
#define TAPE_LOG_ERPA_NONE		0x00
#define TAPE_LOG_ERPA_DISPLAY		0x24
#define TAPE_LOG_ERPA_ID_MARK		0x28
#define TAPE_LOG_ERPA_STATISTICS	0x2a
#define TAPE_LOG_ERPA_UNLOADED		0x2b	/* the answer to an unload */
#define TAPE_LOG_ERPA_FORMAT		0x2e
#define TAPE_LOG_ERPA_PROTECTED		0x30
#define TAPE_LOG_ERPA_VOID		0x31
#define TAPE_LOG_ERPA_END_OF_DATA	0x36
#define TAPE_LOG_ERPA_END_OF_TAPE	0x38
#define TAPE_LOG_ERPA_NOT_READY		0x43
#define TAPE_LOG_ERPA_ASSIGNED		0x45
#define TAPE_LOG_ERPA_LOG_OVERFLOW	0x50
#define TAPE_LOG_ERPA_LOG_VOLUME	0x51
#define TAPE_LOG_ERPA_VOLUME_DONE	0x52	/* the answer to an unload */
#define TAPE_LOG_ERPA_INTERCEPT_ALL	0x53
#define TAPE_LOG_ERPA_INTERCEPT		0x57

/*
 * Some errors the tape driver tries again for as long as they come. So often, and
 * then the log is told before the end is known.
 */
#define TAPE_LOG_RETRIES_TOLD		10

static bool tape_log_error_is_read(const struct s390_log_tape_error *error)
{
	return error->command == TAPE_LOG_CMD_READ ||
	       error->command == TAPE_LOG_CMD_READ_BACKWARD;
}

static bool tape_log_error_is_space(const struct s390_log_tape_error *error)
{
	switch (error->command) {
	case TAPE_LOG_CMD_BACK_BLOCK:
	case TAPE_LOG_CMD_BACK_FILE:
	case TAPE_LOG_CMD_SPACE_BLOCK:
	case TAPE_LOG_CMD_SPACE_FILE:
		return true;
	}
	return false;
}

/* The program has come to the end of what is recorded. */
static bool tape_log_error_is_end_of_data(const struct s390_log_tape_error *error)
{
	return error->erpa == TAPE_LOG_ERPA_END_OF_DATA &&
	       error->sense[0] == TAPE_LOG_SENSE0_DATA &&
	       (tape_log_error_is_read(error) || tape_log_error_is_space(error));
}

/*
 * The tape driver takes these for the end of the recorded data, and a read for
 * the end of the file, whatever the ERPA code. For some codes that is right.
 */
static bool tape_log_error_is_hidden(const struct s390_log_tape_error *error)
{
	const u8 s0 = error->sense[0], s1 = error->sense[1];

	if (!tape_log_error_is_read(error))
		return false;
	if (s0 != TAPE_LOG_SENSE0_DATA && s0 != TAPE_LOG_SENSE0_EQUIPMENT &&
	    s0 != (TAPE_LOG_SENSE0_EQUIPMENT | TAPE_LOG_SENSE0_DEFERRED))
		return false;
	if (s1 != TAPE_LOG_SENSE1_ONLINE &&
	    s1 != (TAPE_LOG_SENSE1_BEGINNING | TAPE_LOG_SENSE1_WRITE_MODE))
		return false;
	return error->erpa != TAPE_LOG_ERPA_VOID && error->erpa != TAPE_LOG_ERPA_END_OF_TAPE &&
	       !tape_log_error_is_end_of_data(error);
}

/* No error: the driver goes on, or has what it wanted. */
static bool tape_log_error_is_harmless(const struct s390_log_tape_error *error)
{
	switch (error->erpa) {
	case TAPE_LOG_ERPA_NOT_READY:
		/* These an empty drive does nevertheless. */
		return error->sense[1] & TAPE_LOG_SENSE1_ONLINE &&
		       (error->command == TAPE_LOG_CMD_ASSIGN ||
			error->command == TAPE_LOG_CMD_UNASSIGN ||
			error->command == TAPE_LOG_CMD_DISPLAY ||
			error->command == TAPE_LOG_CMD_NOP);
	case TAPE_LOG_ERPA_UNLOADED:
	case TAPE_LOG_ERPA_VOLUME_DONE:
		return error->command == TAPE_LOG_CMD_UNLOAD;
	case TAPE_LOG_ERPA_DISPLAY:
	case TAPE_LOG_ERPA_STATISTICS:
	case TAPE_LOG_ERPA_LOG_OVERFLOW:
	case TAPE_LOG_ERPA_LOG_VOLUME:
	case TAPE_LOG_ERPA_INTERCEPT_ALL:
	case TAPE_LOG_ERPA_INTERCEPT:
		return true;
	}
	return false;
}

static u32 tape_log_error_event_of_sense(const struct s390_log_tape_error *error)
{
	const u8 s0 = error->sense[0], s1 = error->sense[1];

	if ((s0 & TAPE_LOG_SENSE0_REJECT && s1 & TAPE_LOG_SENSE1_PROTECTED) ||
	    error->erpa == TAPE_LOG_ERPA_PROTECTED)
		return KEVENT_S390_TAPE_PROTECTED;
	if (s0 & TAPE_LOG_SENSE0_ASSIGNED || error->erpa == TAPE_LOG_ERPA_ASSIGNED)
		return KEVENT_S390_TAPE_ASSIGNED;
	if (s0 & TAPE_LOG_SENSE0_INTERVENTION)
		return KEVENT_S390_TAPE_INTERVENTION;
	if (tape_log_error_is_hidden(error))
		return KEVENT_S390_TAPE_CORRUPT;
	if (tape_log_error_is_end_of_data(error))
		return KEVENT_S390_TAPE_UNREADABLE;
	switch (error->erpa) {
	case TAPE_LOG_ERPA_END_OF_TAPE:
		return KEVENT_S390_TAPE_END;
	case TAPE_LOG_ERPA_VOID:
	case TAPE_LOG_ERPA_FORMAT:
	case TAPE_LOG_ERPA_ID_MARK:
		return KEVENT_S390_TAPE_UNREADABLE;
	}
	return KEVENT_S390_TAPE_IO_ERROR;
}

/* 0: it ended well, or as it should. */
static u32 tape_log_error_event(const struct s390_log_tape_error *error)
{
	const u8 full = DEV_STAT_DEV_END | DEV_STAT_UNIT_EXCEP;

	if (error->flags & S390_LOG_ERROR_SENSED)
		return tape_log_error_is_harmless(error) ?
			0 : tape_log_error_event_of_sense(error);
	if (error->unit_status & DEV_STAT_UNIT_CHECK ||
	    error->channel_status & ~SCHN_STAT_INCORR_LEN & ~SCHN_STAT_PCI)
		return KEVENT_S390_TAPE_IO_ERROR;
	if ((error->unit_status & full) == full &&
	    (error->command == TAPE_LOG_CMD_WRITE || error->command == TAPE_LOG_CMD_WRITE_MARK))
		return KEVENT_S390_TAPE_END;
	return 0;
}

static void tape_log_error_emit(struct tape_log_drive *drive, u32 event,
				const struct s390_log_tape_error *error)
{
	s390_log_emit(event, drive->device, 0, error, sizeof(*error));
}

/**
 * tape_log_error_fill() - take down how an operation ended
 * @drive:	the drive
 * @error:	gets it
 * @irb:	the interrupt; the request is not freed yet
 */
void tape_log_error_fill(struct tape_log_drive *drive, struct s390_log_tape_error *error,
			 const struct irb *irb)
{
	const struct ccw_device_id *id = &drive->cdev->id;
	struct ccw1 ccw;

	*error = (struct s390_log_tape_error) {
		.cu_type	= id->cu_type,
		.dev_type	= id->dev_type,
		.cu_model	= id->cu_model,
		.dev_model	= id->dev_model,
		.unit_status	= irb->scsw.cmd.dstat,
		.channel_status	= irb->scsw.cmd.cstat,
	};
	if (tape_log_ccw_ended(irb, &ccw))
		error->command = ccw.cmd_code;
	if (tape_log_sensed(irb)) {
		memcpy(error->sense, irb->ecw, sizeof(error->sense));
		error->erpa = error->sense[3];
		error->flags = S390_LOG_ERROR_SENSED;
	}
}

/*
 * All that is written behind the mark at the end of the tape ends so, the tape
 * marks of a close, too. That is one event, until the tape is used otherwise.
 */
static u32 tape_log_error_end_once(struct tape_log_drive *drive, u32 event,
				   const struct s390_log_tape_error *end)
{
	bool again = drive->end_told;

	if (event == KEVENT_S390_TAPE_END && !(end->flags & S390_LOG_ERROR_SENSED)) {
		drive->end_told = true;
		return again ? 0 : event;
	}
	if (end->command == TAPE_LOG_CMD_WRITE || tape_log_error_is_read(end))
		drive->end_told = false;
	return event;
}

/* The first error is the one to be told: retries may end otherwise. */
static void tape_log_error_restarted(struct tape_log_drive *drive, u32 event,
				     const struct s390_log_tape_error *end)
{
	u8 retries = drive->error.retries;

	if (event && !drive->error_event) {
		drive->error = *end;
		drive->error_event = event;
	}
	drive->error.retries = retries < U8_MAX ? retries + 1 : retries;
	if (event && drive->error.retries == TAPE_LOG_RETRIES_TOLD)
		tape_log_error_emit(drive, drive->error_event, &drive->error);
}

static void tape_log_error_forget(struct tape_log_drive *drive)
{
	memset(&drive->error, 0, sizeof(drive->error));
	drive->error_event = 0;
}

/**
 * tape_log_error_ended() - an operation ended, and the tape driver has seen it
 * @drive:	the drive; its ccw device's lock is held
 * @end:	how
 * @cancelled:	the driver had it halted or cleared
 */
void tape_log_error_ended(struct tape_log_drive *drive, const struct s390_log_tape_error *end,
			  bool cancelled)
{
	struct s390_log_tape_error error = *end;
	u32 event = tape_log_error_event(end);

	if (drive->restarted) {
		tape_log_error_restarted(drive, event, end);
		return;
	}
	event = tape_log_error_end_once(drive, event, end);
	if (event) {
		error.retries = drive->error.retries;
		if (error.erpa != TAPE_LOG_ERPA_NONE || !(error.flags & S390_LOG_ERROR_SENSED))
			error.flags |= S390_LOG_ERROR_PERMANENT;
		tape_log_error_emit(drive, event, &error);
	} else if (drive->error_event) {
		/* Neither a success nor the end: the driver will have it cleared. */
		if (!cancelled && !(end->unit_status & DEV_STAT_DEV_END))
			return;
		/* Whoever gives up a retry has not seen it succeed. */
		error = drive->error;
		error.flags |= cancelled ? S390_LOG_ERROR_PERMANENT : S390_LOG_ERROR_RECOVERED;
		tape_log_error_emit(drive, drive->error_event, &error);
	}
	tape_log_error_forget(drive);
}

/**
 * tape_log_error_killed() - an operation was given up, without a status
 * @drive:	the drive; its ccw device's lock is held
 * @why:	-ETIMEDOUT: no interrupt came; -EIO: the common I/O layer ended it
 */
void tape_log_error_killed(struct tape_log_drive *drive, int why)
{
	static const struct irb no_status;
	struct s390_log_tape_error error;

	tape_log_error_fill(drive, &error, &no_status);
	error.flags = S390_LOG_ERROR_PERMANENT;
	error.flags |= why == -ETIMEDOUT ? S390_LOG_ERROR_TIMEOUT : S390_LOG_ERROR_KILLED;
	error.retries = drive->error.retries;
	tape_log_error_forget(drive);
	tape_log_error_emit(drive, KEVENT_S390_TAPE_IO_ERROR, &error);
}

/**
 * tape_log_error_unsolicited() - the drive says something that nobody asked for
 * @drive:	the drive; its ccw device's lock is held
 * @irb:	what it says; no change of cartridge
 *
 * A bare attention: somebody pressed a button, or so.
 */
void tape_log_error_unsolicited(struct tape_log_drive *drive, const struct irb *irb)
{
	struct s390_log_tape_error error;
	u32 event;

	tape_log_error_fill(drive, &error, irb);
	error.flags |= S390_LOG_ERROR_UNSOLICITED;
	event = error.unit_status == DEV_STAT_ATTENTION ? KEVENT_S390_TAPE_ATTENTION :
							   tape_log_error_event(&error);
	if (event)
		tape_log_error_emit(drive, event, &error);
}
