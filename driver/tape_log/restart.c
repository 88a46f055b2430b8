// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which requests the tape driver starts again: a probe on ccw_device_start()
 *
 * The driver decides in its interrupt handler. If it starts the request of that
 * very interrupt once more before it returns, it tries again. A start that fails
 * is none; but on "busy" the driver comes back to it by itself.
 */
#include <linux/errno.h>
#include <linux/kprobes.h>
#include <linux/printk.h>
#include <linux/ptrace.h>

#include "drive.h"

/* The drive whose request is started, kept until the call returns. */
struct tape_log_restart_call {
	struct tape_log_drive *drive;
};

static void tape_log_restart_tell_missed(void);

/* Returns 0 if the end of the call is of interest. */
static int tape_log_restart_enter(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct tape_log_restart_call *call = (void *)instance->data;
	/* The first arguments of a function on s390 are in r2, r3 and r4. */
	const struct ccw_device *cdev = (const struct ccw_device *)regs->gprs[2];
	unsigned long intparm = regs->gprs[4];

	rcu_read_lock();
	call->drive = tape_log_drive_find(cdev);
	/*
	 * intparm is set while our handler runs, and who starts an operation holds
	 * the ccw device's lock: so we are called from there, and the drive stays.
	 */
	if (call->drive && (!intparm || intparm != call->drive->intparm))
		call->drive = NULL;
	rcu_read_unlock();
	return !call->drive;
}

static int tape_log_restart_done(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct tape_log_restart_call *call = (void *)instance->data;
	int rc = regs_return_value(regs);

	if (!rc || rc == -EBUSY)
		call->drive->restarted = true;
	tape_log_restart_tell_missed();
	return 0;
}

/* With interrupts off there is one call at a time on each CPU: the default does. */
static struct kretprobe tape_log_restart_probe = {
	.kp.symbol_name	= "ccw_device_start",
	.entry_handler	= tape_log_restart_enter,
	.handler	= tape_log_restart_done,
	.data_size	= sizeof(struct tape_log_restart_call),
};

static bool tape_log_restart_probed;

/* With each restart, and at the end. */
static void tape_log_restart_tell_missed(void)
{
	static unsigned long told;

	tape_log_missed_tell(&told, tape_log_missed_by(&tape_log_restart_probe),
			     tape_log_restart_probe.kp.symbol_name);
}

void tape_log_restart_init(void)
{
	int rc = register_kretprobe(&tape_log_restart_probe);

	tape_log_restart_probed = !rc;
	if (rc)
		pr_warn("tape_log: no probe on ccw_device_start (%d): errors that were recovered look permanent\n",
			rc);
}

void tape_log_restart_exit(void)
{
	if (tape_log_restart_probed)
		unregister_kretprobe(&tape_log_restart_probe);
	tape_log_restart_tell_missed();
}
