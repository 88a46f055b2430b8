// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ccw bus: which devices come and go, and which get a driver
 */
#include <linux/device.h>
#include <linux/device/bus.h>
#include <linux/module.h>
#include <linux/notifier.h>

#include "drive.h"
#include "unit.h"

static typeof_member(struct device_driver, bus) tape_log_bus;

/**
 * tape_log_ccwbus_device() - a device as the log names it
 * @cdev:	a ccw device
 *
 * Linux sees one channel subsystem image, whose id in device names is 0.
 *
 * Return: its S390_LOG_DEVICE()
 */
u32 tape_log_ccwbus_device(struct ccw_device *cdev)
{
	struct ccw_dev_id id;

	ccw_device_get_id(cdev, &id);
	return S390_LOG_DEVICE(0, id.ssid, id.devno);
}

/**
 * tape_log_ccwbus_emit() - something happened to a device
 * @cdev:	any ccw device
 * @event:	KEVENT_S390_DEVICE_*
 */
void tape_log_ccwbus_emit(struct ccw_device *cdev, u32 event)
{
	struct s390_log_ccwdev payload = {
		.cu_type	= cdev->id.cu_type,
		.dev_type	= cdev->id.dev_type,
		.cu_model	= cdev->id.cu_model,
		.dev_model	= cdev->id.dev_model,
		.flags		= cdev->online ? S390_LOG_CCWDEV_ONLINE : 0,
	};
	struct subchannel_id schid;

	ccw_device_get_schid(cdev, &schid);
	payload.subch_ssid = schid.ssid;
	payload.subch_no = schid.sch_no;
	s390_log_emit(event, tape_log_ccwbus_device(cdev), 0, &payload, sizeof(payload));
}

static int tape_log_ccwbus_notify(struct notifier_block *block, unsigned long action, void *data)
{
	struct ccw_device *cdev = to_ccwdev((struct device *)data);

	switch (action) {
	case BUS_NOTIFY_ADD_DEVICE:
		tape_log_ccwbus_emit(cdev, KEVENT_S390_DEVICE_ADDED);
		tape_log_unit_add(cdev);
		break;
	case BUS_NOTIFY_DEL_DEVICE:
		tape_log_devstate_forget(cdev);
		tape_log_unit_remove(cdev);
		tape_log_ccwbus_emit(cdev, KEVENT_S390_DEVICE_REMOVED);
		break;
	case BUS_NOTIFY_BOUND_DRIVER:
		tape_log_drive_attach(cdev);
		break;
	case BUS_NOTIFY_UNBIND_DRIVER:
		tape_log_drive_detach(cdev);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block tape_log_ccwbus_block = {
	.notifier_call = tape_log_ccwbus_notify,
};

/* A device that was there before us; the lock keeps its driver where it is. */
static int tape_log_ccwbus_existing(struct device *dev, void *data)
{
	tape_log_unit_add(to_ccwdev(dev));
	if (!tape_log_drive_supported(to_ccwdev(dev)))
		return 0;
	device_lock(dev);
	if (dev->driver)
		tape_log_drive_attach(to_ccwdev(dev));
	device_unlock(dev);
	return 0;
}

/* The bus is not exported, but a driver that is registered knows it. */
static struct ccw_driver tape_log_ccwbus_finder = {
	.driver = {
		.owner	= THIS_MODULE,
		.name	= "tape_log",
	},
};

static int tape_log_ccwbus_find(void)
{
	int rc;

	rc = ccw_driver_register(&tape_log_ccwbus_finder);
	if (rc)
		return rc;
	tape_log_bus = tape_log_ccwbus_finder.driver.bus;
	ccw_driver_unregister(&tape_log_ccwbus_finder);
	return 0;
}

/**
 * tape_log_ccwbus_init() - hear of devices, and watch the drives among them
 *
 * Return: 0 or a negative errno
 */
int tape_log_ccwbus_init(void)
{
	int rc;

	rc = tape_log_ccwbus_find();
	if (rc)
		return rc;
	rc = bus_register_notifier(tape_log_bus, &tape_log_ccwbus_block);
	if (rc)
		return rc;
	bus_for_each_dev(tape_log_bus, NULL, NULL, tape_log_ccwbus_existing);
	return 0;
}

void tape_log_ccwbus_exit(void)
{
	bus_unregister_notifier(tape_log_bus, &tape_log_ccwbus_block);
}
