// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of ccw devices that are no drives, and their events
 */
#include <asm/ccwdev.h>
#include <linux/hashtable.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "drive.h"
#include "unit.h"

static DEFINE_HASHTABLE(tape_log_units, 8);
static DEFINE_MUTEX(tape_log_units_lock);

static void tape_log_unit_flush(struct work_struct *work);
static DECLARE_DELAYED_WORK(tape_log_units_flush, tape_log_unit_flush);

/**
 * tape_log_unit_find() - find a device by its number
 * @device:	S390_LOG_DEVICE()
 *
 * Under RCU, or tape_log_units_lock.
 *
 * Return: the device, or NULL if there is none, or a drive
 */
struct tape_log_unit *tape_log_unit_find(u32 device)
{
	struct tape_log_unit *unit;

	hash_for_each_possible_rcu(tape_log_units, unit, node, device,
				   lockdep_is_held(&tape_log_units_lock))
		if (unit->device == device)
			return unit;
	return NULL;
}

/* Tells the last of what was suppressed. */
static void tape_log_unit_tell_suppressed(struct tape_log_unit *unit)
{
	lockdep_assert_held(&unit->lock);
	unit->last.suppressed = unit->suppressed - 1;
	unit->suppressed = 0;
	s390_log_emit(KEVENT_S390_DEVICE_UNIT_CHECK, unit->device, 0, &unit->last,
		      sizeof(unit->last));
}

/**
 * tape_log_unit_tell() - a device had a unit check
 * @unit:	the device
 * @check:	the payload of the event, but for @suppressed
 */
void tape_log_unit_tell(struct tape_log_unit *unit, struct s390_log_unit_check *check)
{
	unsigned long flags;

	spin_lock_irqsave(&unit->lock, flags);
	if (!unit->told || time_after_eq(jiffies, unit->window + TAPE_LOG_UNIT_WINDOW)) {
		unit->window = jiffies;
		unit->told = 0;
	}
	if (unit->told < TAPE_LOG_UNIT_TOLD) {
		unit->told++;
		check->suppressed = unit->suppressed;
		unit->suppressed = 0;
		s390_log_emit(KEVENT_S390_DEVICE_UNIT_CHECK, unit->device, 0, check,
			      sizeof(*check));
	} else {
		unit->last = *check;
		unit->suppressed++;
		schedule_delayed_work(&tape_log_units_flush, TAPE_LOG_UNIT_WINDOW);
	}
	spin_unlock_irqrestore(&unit->lock, flags);
}

/* Returns false if it is to be done later. */
static bool tape_log_unit_flush_one(struct tape_log_unit *unit)
{
	bool done = true;

	spin_lock_irq(&unit->lock);
	if (unit->suppressed) {
		done = time_after_eq(jiffies, unit->window + TAPE_LOG_UNIT_WINDOW);
		if (done) {
			tape_log_unit_tell_suppressed(unit);
			unit->window = jiffies;
			unit->told = 1;
		}
	}
	spin_unlock_irq(&unit->lock);
	return done;
}

static void tape_log_unit_flush(struct work_struct *work)
{
	struct tape_log_unit *unit;
	bool done = true;
	int bucket;

	rcu_read_lock();
	hash_for_each_rcu(tape_log_units, bucket, unit, node)
		done &= tape_log_unit_flush_one(unit);
	rcu_read_unlock();
	if (!done)
		schedule_delayed_work(&tape_log_units_flush, TAPE_LOG_UNIT_WINDOW / 2);
}

static struct tape_log_unit *tape_log_unit_create(u32 device)
{
	struct tape_log_unit *unit = kzalloc(sizeof(*unit), GFP_KERNEL);

	if (!unit)
		return NULL;
	unit->device = device;
	INIT_LIST_HEAD(&unit->awaiting);
	spin_lock_init(&unit->lock);
	hash_add_rcu(tape_log_units, &unit->node, device);
	return unit;
}

/**
 * tape_log_unit_add() - hear of a device's unit checks
 * @cdev:	a device on the ccw bus
 */
void tape_log_unit_add(struct ccw_device *cdev)
{
	u32 device = tape_log_ccwbus_device(cdev);
	struct tape_log_unit *unit;

	/* Of these the tape events tell. */
	if (tape_log_drive_supported(cdev))
		return;
	mutex_lock(&tape_log_units_lock);
	unit = tape_log_unit_find(device) ?: tape_log_unit_create(device);
	if (unit) {
		unit->cu_type = cdev->id.cu_type;
		unit->dev_type = cdev->id.dev_type;
		unit->cu_model = cdev->id.cu_model;
		unit->dev_model = cdev->id.dev_model;
	} else {
		dev_err(&cdev->dev, "tape_log: no memory to hear of this device's unit checks\n");
	}
	mutex_unlock(&tape_log_units_lock);
}

/* Nobody can find it any more. */
static void tape_log_unit_free(struct tape_log_unit *unit)
{
	spin_lock_irq(&unit->lock);
	if (unit->suppressed)
		tape_log_unit_tell_suppressed(unit);
	spin_unlock_irq(&unit->lock);
	kfree(unit);
}

/**
 * tape_log_unit_remove() - a device goes for good
 * @cdev:	any ccw device
 */
void tape_log_unit_remove(struct ccw_device *cdev)
{
	struct tape_log_unit *unit;

	mutex_lock(&tape_log_units_lock);
	unit = tape_log_unit_find(tape_log_ccwbus_device(cdev));
	if (unit) {
		hash_del_rcu(&unit->node);
		/* Who has found it in the table may have it wait for sense bytes. */
		synchronize_rcu();
		tape_log_unitcheck_forget(unit);
		/* And these may just have come. */
		synchronize_rcu();
		tape_log_unit_free(unit);
	}
	mutex_unlock(&tape_log_units_lock);
}

/**
 * tape_log_unit_remove_all() - forget the devices
 *
 * No unit check and no new device can come any more.
 */
void tape_log_unit_remove_all(void)
{
	struct tape_log_unit *unit;
	struct hlist_node *next;
	int bucket;

	cancel_delayed_work_sync(&tape_log_units_flush);
	mutex_lock(&tape_log_units_lock);
	hash_for_each_safe(tape_log_units, bucket, next, unit, node) {
		hash_del(&unit->node);
		tape_log_unitcheck_forget(unit);
		tape_log_unit_free(unit);
	}
	mutex_unlock(&tape_log_units_lock);
	/* What was forgotten may have been too much for the moment. */
	cancel_delayed_work_sync(&tape_log_units_flush);
}
