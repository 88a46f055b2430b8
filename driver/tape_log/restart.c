// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which requests the tape driver starts again: a kprobe on ccw_device_start()
 *
 * The driver decides in its interrupt handler. If it starts the request of that
 * very interrupt once more before it returns, it tries again.
 */
#include <linux/kprobes.h>
#include <linux/printk.h>
#include <linux/ptrace.h>

#include "drive.h"

static int tape_log_restart_start(struct kprobe *probe, struct pt_regs *regs)
{
	/* The first arguments of a function on s390 are in r2, r3 and r4. */
	const struct ccw_device *cdev = (const struct ccw_device *)regs->gprs[2];
	unsigned long intparm = regs->gprs[4];
	struct tape_log_drive *drive;

	rcu_read_lock();
	drive = tape_log_drive_find(cdev);
	if (drive && intparm && intparm == drive->intparm)
		drive->restarted = true;
	rcu_read_unlock();
	return 0;
}

static struct kprobe tape_log_restart_probe = {
	.symbol_name	= "ccw_device_start",
	.pre_handler	= tape_log_restart_start,
};

static bool tape_log_restart_probed;

void tape_log_restart_init(void)
{
	int rc = register_kprobe(&tape_log_restart_probe);

	tape_log_restart_probed = !rc;
	if (rc)
		pr_warn("tape_log: no probe on ccw_device_start (%d): errors that were recovered look permanent\n",
			rc);
}

void tape_log_restart_exit(void)
{
	if (tape_log_restart_probed)
		unregister_kprobe(&tape_log_restart_probe);
}
