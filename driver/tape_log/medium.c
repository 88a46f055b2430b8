// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is there a cartridge in the drive? What the drive and the driver say, and what
 * follows from it
 */
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/string.h>

#include "drive.h"

static u64 tape_log_medium_emit(struct tape_log_drive *drive, u32 event, u8 origin, u16 flags,
				const u8 *sense)
{
	const struct ccw_device_id *id = &drive->cdev->id;
	struct s390_log_tape payload = {
		.cu_type	= id->cu_type,
		.dev_type	= id->dev_type,
		.cu_model	= id->cu_model,
		.dev_model	= id->dev_model,
		.origin		= origin,
	};

	lockdep_assert_held(&drive->lock);
	if (sense) {
		payload.flags |= S390_LOG_TAPE_SENSED;
		if (event == KEVENT_S390_TAPE_LOADED && sense[1] & TAPE_LOG_SENSE1_PROTECTED)
			payload.flags |= S390_LOG_TAPE_WRITE_PROTECTED;
		memcpy(payload.sense, sense, sizeof(payload.sense));
	}
	return s390_log_emit(event, drive->device, flags, &payload, sizeof(payload));
}

/*
 * A cartridge is there. If one was there before and the drive became ready
 * nevertheless, somebody has swapped them: the first one must have gone, though
 * nobody said so. After a bare device end the swap itself is a conclusion: that
 * is also how a drive says that it is no longer busy.
 */
static void tape_log_medium_loaded(struct tape_log_drive *drive)
{
	u8 origin = drive->origin;
	u16 flags = 0;

	if (drive->medium == TAPE_LOG_LOADED) {
		if (!origin)
			return;
		tape_log_medium_emit(drive, KEVENT_S390_TAPE_UNLOADED, origin,
				     S390_LOG_INFERRED, NULL);
		if (origin != S390_LOG_ORIGIN_READY)
			flags = S390_LOG_INFERRED;
	} else if (drive->medium == TAPE_LOG_UNKNOWN && !origin) {
		flags = S390_LOG_INFERRED;	/* it was there when we first looked */
	}
	drive->load = tape_log_medium_emit(drive, KEVENT_S390_TAPE_LOADED,
					   origin ?: S390_LOG_ORIGIN_SENSE, flags, drive->sense);
	drive->medium = TAPE_LOG_LOADED;
}

static void tape_log_medium_unloaded(struct tape_log_drive *drive, u8 origin, const u8 *sense)
{
	if (drive->medium == TAPE_LOG_LOADED)
		tape_log_medium_emit(drive, KEVENT_S390_TAPE_UNLOADED, origin, 0, sense);
	drive->medium = TAPE_LOG_UNLOADED;
	drive->load = 0;
}

/**
 * tape_log_medium_announced() - the drive says that something has changed
 * @drive:	the drive
 * @origin:	S390_LOG_ORIGIN_READY or S390_LOG_ORIGIN_END
 *
 * Hercules raises two device ends for one mount. Mostly the second finds the
 * first still pending and is lost in it; if not, it is an echo, and no swap.
 */
void tape_log_medium_announced(struct tape_log_drive *drive, u8 origin)
{
	u64 now = ktime_get_ns();
	unsigned long flags;

	spin_lock_irqsave(&drive->lock, flags);
	if (origin != S390_LOG_ORIGIN_END || drive->origin ||
	    now - drive->announced_ns > TAPE_LOG_ECHO_NS) {
		drive->origin = origin;
		drive->load = 0;
	}
	drive->announced_ns = now;
	drive->retries = 0;
	spin_unlock_irqrestore(&drive->lock, flags);
}

/**
 * tape_log_medium_sensed() - the drive answered a SENSE
 * @drive:	the drive
 * @sense:	its TAPE_LOG_SENSE_SIZE bytes
 *
 * Return: false if they say nothing, and the driver should look again
 */
bool tape_log_medium_sensed(struct tape_log_drive *drive, const u8 *sense)
{
	bool settled = true, silent = false;
	unsigned long flags;

	spin_lock_irqsave(&drive->lock, flags);
	if (sense[0] & TAPE_LOG_SENSE0_INTERVENTION) {
		tape_log_medium_unloaded(drive, drive->origin ?: S390_LOG_ORIGIN_SENSE, sense);
	} else if (sense[1] & TAPE_LOG_SENSE1_ONLINE) {
		memcpy(drive->sense, sense, sizeof(drive->sense));
		tape_log_medium_loaded(drive);
	} else if (++drive->retries <= TAPE_LOG_MAX_RETRIES) {
		settled = false;
	} else {
		silent = true;
	}
	if (settled) {
		drive->origin = 0;
		drive->retries = 0;
	}
	spin_unlock_irqrestore(&drive->lock, flags);
	if (silent)
		dev_warn_ratelimited(&drive->cdev->dev,
				     "tape_log: the drive does not say if it has a cartridge\n");
	return settled;
}

/**
 * tape_log_medium_checked() - an operation ended with unit check
 * @drive:	the drive
 * @sense:	its TAPE_LOG_SENSE_SIZE bytes
 *
 * Intervention required: the cartridge has gone, or was not there.
 */
void tape_log_medium_checked(struct tape_log_drive *drive, const u8 *sense)
{
	unsigned long flags;

	if (!(sense[0] & TAPE_LOG_SENSE0_INTERVENTION))
		return;
	spin_lock_irqsave(&drive->lock, flags);
	tape_log_medium_unloaded(drive, S390_LOG_ORIGIN_SENSE, sense);
	spin_unlock_irqrestore(&drive->lock, flags);
}

/**
 * tape_log_medium_told() - the tape driver has changed its mind
 * @drive:	the drive
 * @medium:	what it believes now
 *
 * It believes in a cartridge only after a SENSE, which we have seen and may
 * have understood better. That there is none it also concludes from other
 * operations. It forgets what it knew when the drive goes offline.
 */
void tape_log_medium_told(struct tape_log_drive *drive, enum tape_log_medium medium)
{
	unsigned long flags;

	spin_lock_irqsave(&drive->lock, flags);
	if (medium == TAPE_LOG_UNLOADED)
		tape_log_medium_unloaded(drive, S390_LOG_ORIGIN_DRIVER, NULL);
	if (medium == TAPE_LOG_UNKNOWN) {
		drive->medium = TAPE_LOG_UNKNOWN;
		drive->origin = 0;
		drive->retries = 0;
		drive->load = 0;
	}
	spin_unlock_irqrestore(&drive->lock, flags);
}

/**
 * tape_log_medium_load() - which cartridge is in the drive?
 * @drive:	the drive
 *
 * Return: the number of the event that told of it; 0 if that is not sure
 */
u64 tape_log_medium_load(struct tape_log_drive *drive)
{
	unsigned long flags;
	u64 load;

	spin_lock_irqsave(&drive->lock, flags);
	load = drive->load;
	spin_unlock_irqrestore(&drive->lock, flags);
	return load;
}
