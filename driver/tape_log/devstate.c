// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices that go online and offline, or stop working: probes in the common I/O
 * layer
 */
#include <linux/kprobes.h>
#include <linux/printk.h>
#include <linux/ptrace.h>
#include <linux/xarray.h>

#include "drive.h"

/*
 * What was told of a device that stopped working, by its S390_LOG_DEVICE(): the
 * common I/O layer tells its driver twice, when it hears of it and when it deals
 * with it. The entry goes when the device works again, or goes for good. Without
 * memory for an entry the event comes twice.
 */
static DEFINE_XARRAY_FLAGS(tape_log_devstate_told, XA_FLAGS_LOCK_IRQ);

static bool tape_log_devstate_tell(u32 device, int event)
{
	unsigned long flags;
	void *old;

	xa_lock_irqsave(&tape_log_devstate_told, flags);
	old = __xa_store(&tape_log_devstate_told, device, xa_mk_value(event), GFP_ATOMIC);
	xa_unlock_irqrestore(&tape_log_devstate_told, flags);
	return xa_is_err(old) || old != xa_mk_value(event);
}

/**
 * tape_log_devstate_forget() - a device works, or goes for good
 * @cdev:	any ccw device
 */
void tape_log_devstate_forget(struct ccw_device *cdev)
{
	unsigned long flags;

	xa_lock_irqsave(&tape_log_devstate_told, flags);
	__xa_erase(&tape_log_devstate_told, tape_log_ccwbus_device(cdev));
	xa_unlock_irqrestore(&tape_log_devstate_told, flags);
}

/* The device of a call, kept until it returns. */
struct tape_log_devstate_call {
	struct ccw_device *cdev;
};

static void tape_log_devstate_tell_missed(void);

static int tape_log_devstate_enter(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct tape_log_devstate_call *call = (void *)instance->data;

	call->cdev = (struct ccw_device *)regs->gprs[2];
	return 0;
}

/*
 * The device is there: whoever sets it online or offline looks at it afterwards,
 * too, and holds it.
 */
static int tape_log_devstate_online(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct tape_log_devstate_call *call = (void *)instance->data;

	if ((int)regs_return_value(regs))
		return 0;
	tape_log_devstate_forget(call->cdev);
	tape_log_ccwbus_emit(call->cdev, KEVENT_S390_DEVICE_ONLINE);
	tape_log_devstate_tell_missed();
	return 0;
}

static int tape_log_devstate_offline(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct tape_log_devstate_call *call = (void *)instance->data;

	if (!(int)regs_return_value(regs))
		tape_log_ccwbus_emit(call->cdev, KEVENT_S390_DEVICE_OFFLINE);
	tape_log_devstate_tell_missed();
	return 0;
}

/* Only devices that are online are told of it. */
static int tape_log_devstate_notify(struct kprobe *probe, struct pt_regs *regs)
{
	struct ccw_device *cdev = (struct ccw_device *)regs->gprs[2];
	int event = regs->gprs[3];

	if (!cdev->drv || !cdev->online)
		return 0;
	if (event == CIO_OPER)
		tape_log_devstate_forget(cdev);
	tape_log_devstate_tell_missed();
	if (event != CIO_GONE && event != CIO_NO_PATH)
		return 0;
	if (tape_log_devstate_tell(tape_log_ccwbus_device(cdev), event))
		tape_log_ccwbus_emit(cdev, event == CIO_GONE ? KEVENT_S390_DEVICE_GONE :
							       KEVENT_S390_DEVICE_NO_PATH);
	return 0;
}

/* So many devices can be on their way at once; what is missing of more is told. */
#define TAPE_LOG_DEVSTATE_CALLS	64

static struct kretprobe tape_log_devstate_returns[] = {
	{
		.kp.symbol_name	= "ccw_device_set_online",
		.entry_handler	= tape_log_devstate_enter,
		.handler	= tape_log_devstate_online,
		.data_size	= sizeof(struct tape_log_devstate_call),
		.maxactive	= TAPE_LOG_DEVSTATE_CALLS,
	}, {
		.kp.symbol_name	= "ccw_device_set_offline",
		.entry_handler	= tape_log_devstate_enter,
		.handler	= tape_log_devstate_offline,
		.data_size	= sizeof(struct tape_log_devstate_call),
		.maxactive	= TAPE_LOG_DEVSTATE_CALLS,
	},
};

static struct kprobe tape_log_devstate_probe = {
	.symbol_name	= "ccw_device_notify",
	.pre_handler	= tape_log_devstate_notify,
};

/* With each event, and at the end. */
static void tape_log_devstate_tell_missed(void)
{
	static unsigned long told[ARRAY_SIZE(tape_log_devstate_returns)];
	static unsigned long notify_told;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(told); i++)
		tape_log_missed_tell(&told[i], tape_log_missed_by(&tape_log_devstate_returns[i]),
				     tape_log_devstate_returns[i].kp.symbol_name);
	tape_log_missed_tell(&notify_told, READ_ONCE(tape_log_devstate_probe.nmissed),
			     tape_log_devstate_probe.symbol_name);
}

static bool tape_log_devstate_returns_set[ARRAY_SIZE(tape_log_devstate_returns)];
static bool tape_log_devstate_probe_set;

void tape_log_devstate_init(void)
{
	unsigned int i;
	int rc;

	for (i = 0; i < ARRAY_SIZE(tape_log_devstate_returns); i++) {
		rc = register_kretprobe(&tape_log_devstate_returns[i]);
		tape_log_devstate_returns_set[i] = !rc;
		if (rc)
			pr_warn("tape_log: no probe on %s (%d): its event will be missing\n",
				tape_log_devstate_returns[i].kp.symbol_name, rc);
	}
	rc = register_kprobe(&tape_log_devstate_probe);
	tape_log_devstate_probe_set = !rc;
	if (rc)
		pr_warn("tape_log: no probe on ccw_device_notify (%d): devices that stop working go unseen\n",
			rc);
}

void tape_log_devstate_exit(void)
{
	unsigned int i;

	if (tape_log_devstate_probe_set)
		unregister_kprobe(&tape_log_devstate_probe);
	for (i = 0; i < ARRAY_SIZE(tape_log_devstate_returns); i++)
		if (tape_log_devstate_returns_set[i])
			unregister_kretprobe(&tape_log_devstate_returns[i]);
	tape_log_devstate_tell_missed();
	xa_destroy(&tape_log_devstate_told);
}
