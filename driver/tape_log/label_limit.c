// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of reading a label: in time, or with the drive, or with us
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "label.h"
#include "schib.h"

/*
 * Each channel program may take so long; then it is cleared. Not by a limit of cio's:
 * while that ends a program, the tape driver cannot cancel a request, and runs into a
 * BUG() if a job wants it to.
 */
#define TAPE_LOG_LABEL_LIMIT		(5 * HZ)

/* Who waits for the end of it looks so often, and says so often that it does. */
#define TAPE_LOG_LABEL_POLL_MS		5
#define TAPE_LOG_LABEL_WAIT_MS		30000

/**
 * tape_log_label_watch() - a channel program was started
 * @label:	whose; the ccw device's lock is held
 */
void tape_log_label_watch(struct tape_log_label *label)
{
	label->limit = jiffies + TAPE_LOG_LABEL_LIMIT;
	mod_delayed_work(system_wq, &label->overdue, TAPE_LOG_LABEL_LIMIT);
}

/*
 * What the machine says of the subchannel. One without its device, or that cio has
 * disabled, presents no interrupt: nobody knows of our program any more.
 *
 * Returns whether it is there.
 */
static bool tape_log_label_schib(struct tape_log_drive *drive, struct tape_log_schib *schib)
{
	struct subchannel_id schid;

	ccw_device_get_schid(drive->cdev, &schid);
	return !stsch(schid, (struct schib *)schib) &&
	       schib->flags & TAPE_LOG_SCHIB_ENABLED &&
	       schib->flags & TAPE_LOG_SCHIB_DEVNO_VALID &&
	       S390_LOG_DEVICE(0, schid.ssid, schib->devno) == drive->device;
}

static void tape_log_label_clear(struct tape_log_drive *drive, const struct tape_log_schib *schib)
{
	/* The interrupt of one that the driver asked for must come to the driver. */
	if (!(schib->scsw.cmd.fctl & SCSW_FCTL_CLEAR_FUNC))
		ccw_device_clear(drive->cdev, (unsigned long)drive->label);
	/* If it cannot be done now, then later. */
	tape_log_label_watch(drive->label);
}

/* Returns whether nothing is under way. */
static bool tape_log_label_check(struct tape_log_drive *drive)
{
	struct tape_log_label *label = drive->label;
	struct tape_log_schib schib;

	lockdep_assert_held(get_ccwdev_lock(drive->cdev));
	if (label->step == TAPE_LOG_LABEL_IDLE)
		return true;
	if (!tape_log_label_schib(drive, &schib))
		tape_log_label_interrupt(drive, (unsigned long)label, ERR_PTR(-EIO));
	else if (time_after_eq(jiffies, label->limit))
		tape_log_label_clear(drive, &schib);
	return label->step == TAPE_LOG_LABEL_IDLE;
}

static void tape_log_label_overdue(struct work_struct *work)
{
	struct tape_log_label *label = container_of(to_delayed_work(work),
						    struct tape_log_label, overdue);
	struct ccw_device *cdev = label->drive->cdev;

	spin_lock_irq(get_ccwdev_lock(cdev));
	tape_log_label_check(label->drive);
	spin_unlock_irq(get_ccwdev_lock(cdev));
}

/**
 * tape_log_label_create() - prepare to read labels
 * @drive:	the drive
 *
 * Return: what it needs for that, or NULL
 */
struct tape_log_label *tape_log_label_create(struct tape_log_drive *drive)
{
	struct tape_log_label *label = kzalloc(sizeof(*label), GFP_KERNEL | GFP_DMA);

	if (!label)
		return NULL;
	label->drive = drive;
	INIT_DELAYED_WORK(&label->overdue, tape_log_label_overdue);
	return label;
}

/**
 * tape_log_label_stop() - read no more labels
 * @drive:	the drive, whose handler is still ours: the end of our own I/O must
 *		not come to the tape driver
 *
 * Waits for what is under way, which ends: by itself, or cleared, or with the device.
 */
void tape_log_label_stop(struct tape_log_drive *drive)
{
	struct tape_log_label *label = drive->label;
	unsigned int ms;
	bool idle;

	for (ms = 0;; ms += TAPE_LOG_LABEL_POLL_MS) {
		spin_lock_irq(get_ccwdev_lock(drive->cdev));
		label->stopped = true;
		idle = tape_log_label_check(drive);
		spin_unlock_irq(get_ccwdev_lock(drive->cdev));
		if (idle)
			break;
		if (ms && !(ms % TAPE_LOG_LABEL_WAIT_MS))
			dev_warn(&drive->cdev->dev,
				 "tape_log: waits for the end of reading the label\n");
		msleep(TAPE_LOG_LABEL_POLL_MS);
	}
	cancel_delayed_work_sync(&label->overdue);
}

/**
 * tape_log_label_destroy() - the end of what a drive needs to read labels
 * @label:	after tape_log_label_stop(), if the drive ever had our handler
 */
void tape_log_label_destroy(struct tape_log_label *label)
{
	kfree(label);
}
