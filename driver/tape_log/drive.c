// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of drives: which ccw devices have our handler
 */
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include "drive.h"

static DEFINE_HASHTABLE(tape_log_drives, 6);
static DEFINE_MUTEX(tape_log_drives_lock);

/**
 * tape_log_drive_find() - find a drive by its ccw device
 * @cdev:	any ccw device
 *
 * Under RCU, or tape_log_drives_lock.
 *
 * Return: the drive, or NULL if it is not watched
 */
struct tape_log_drive *tape_log_drive_find(const struct ccw_device *cdev)
{
	struct tape_log_drive *drive;

	hash_for_each_possible_rcu(tape_log_drives, drive, node, (unsigned long)cdev,
				   lockdep_is_held(&tape_log_drives_lock))
		if (drive->cdev == cdev)
			return drive;
	return NULL;
}

/**
 * tape_log_drive_find_data() - find a drive by its struct tape_device
 * @drvdata:	the tape driver's data of the device
 *
 * Under RCU.
 *
 * Return: the drive, or NULL if it is not watched
 */
struct tape_log_drive *tape_log_drive_find_data(const void *drvdata)
{
	struct tape_log_drive *drive;
	int bucket;

	hash_for_each_rcu(tape_log_drives, bucket, drive, node)
		if (dev_get_drvdata(&drive->cdev->dev) == drvdata)
			return drive;
	return NULL;
}

/**
 * tape_log_drive_supported() - is it a drive that we can watch?
 * @cdev:	any ccw device
 *
 * Return: true for a 3480 or 3490
 */
bool tape_log_drive_supported(const struct ccw_device *cdev)
{
	return cdev->id.cu_type == 0x3480 || cdev->id.cu_type == 0x3490;
}

static struct tape_log_drive *tape_log_drive_create(struct ccw_device *cdev)
{
	struct tape_log_drive *drive;

	drive = kzalloc(sizeof(*drive), GFP_KERNEL);
	if (!drive)
		return NULL;
	drive->label = tape_log_label_create(drive);
	if (!drive->label) {
		kfree(drive);
		return NULL;
	}
	get_device(&cdev->dev);
	drive->cdev = cdev;
	drive->device = tape_log_ccwbus_device(cdev);
	spin_lock_init(&drive->lock);
	return drive;
}

static void tape_log_drive_destroy(struct tape_log_drive *drive)
{
	tape_log_label_destroy(drive->label);
	put_device(&drive->cdev->dev);
	kfree(drive);
}

/* Puts our handler before the tape driver's; false if there is none. */
static bool tape_log_drive_hook(struct tape_log_drive *drive)
{
	struct ccw_device *cdev = drive->cdev;
	bool hooked = false;

	spin_lock_irq(get_ccwdev_lock(cdev));
	if (cdev->handler) {
		drive->handler = cdev->handler;
		hash_add_rcu(tape_log_drives, &drive->node, (unsigned long)cdev);
		cdev->handler = tape_log_handler;
		hooked = true;
		/* What is in a drive that is in use already? */
		if (cdev->online)
			tape_log_handler_look(drive);
	}
	spin_unlock_irq(get_ccwdev_lock(cdev));
	return hooked;
}

/**
 * tape_log_drive_attach() - watch a device, if it is a drive
 * @cdev:	a device that has a driver; its device lock is held
 */
void tape_log_drive_attach(struct ccw_device *cdev)
{
	struct tape_log_drive *drive;

	if (!tape_log_drive_supported(cdev))
		return;
	mutex_lock(&tape_log_drives_lock);
	if (tape_log_drive_find(cdev))
		goto out;
	drive = tape_log_drive_create(cdev);
	if (!drive)
		dev_err(&cdev->dev, "tape_log: no memory to watch this drive\n");
	else if (!tape_log_drive_hook(drive))
		tape_log_drive_destroy(drive);
out:
	mutex_unlock(&tape_log_drives_lock);
}

/* After this nobody is in our handler for the drive: both hold the ccw lock. */
static void tape_log_drive_unhook(struct tape_log_drive *drive)
{
	struct ccw_device *cdev = drive->cdev;

	lockdep_assert_held(&tape_log_drives_lock);
	tape_log_label_stop(drive);
	spin_lock_irq(get_ccwdev_lock(cdev));
	if (cdev->handler == tape_log_handler)
		cdev->handler = drive->handler;
	hash_del_rcu(&drive->node);
	spin_unlock_irq(get_ccwdev_lock(cdev));
	/* tape_log_drive_find_data() looks at drives without the ccw lock. */
	synchronize_rcu();
	tape_log_drive_destroy(drive);
}

/**
 * tape_log_drive_detach() - stop watching a device, if it is watched
 * @cdev:	any ccw device
 */
void tape_log_drive_detach(struct ccw_device *cdev)
{
	struct tape_log_drive *drive;

	mutex_lock(&tape_log_drives_lock);
	drive = tape_log_drive_find(cdev);
	if (drive)
		tape_log_drive_unhook(drive);
	mutex_unlock(&tape_log_drives_lock);
}

/**
 * tape_log_drive_detach_all() - stop watching
 *
 * No new drive can come any more.
 */
void tape_log_drive_detach_all(void)
{
	struct tape_log_drive *drive;
	struct hlist_node *next;
	int bucket;

	mutex_lock(&tape_log_drives_lock);
	hash_for_each_safe(tape_log_drives, bucket, next, drive, node)
		tape_log_drive_unhook(drive);
	mutex_unlock(&tape_log_drives_lock);
}
