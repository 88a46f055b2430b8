// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the tape driver believes: a kprobe on tape_med_state_set()
 *
 * The function is in the module "tape", which may come and go while we are here:
 * the probe is set when it comes and dropped when it goes. Its arguments are the
 * driver's data of the device and the new state; no layout of the driver's own
 * is needed.
 *
 * Most of what the driver concludes, our handler has seen before. The probe adds
 * that a drive went offline. In task context the driver passes on what a SENSE
 * said some time ago: that may be outdated, and is ignored.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/ptrace.h>

#include "drive.h"

/* The values of the driver's enum tape_medium_state. */
#define TAPE_LOG_MS_UNKNOWN	0
#define TAPE_LOG_MS_UNLOADED	2

/* What the log knows of what the probe has missed since it was set. */
static unsigned long tape_log_medstate_missed;

static int tape_log_medstate_set(struct kprobe *probe, struct pt_regs *regs)
{
	/* The first arguments of a function on s390 are in r2 and r3. */
	const void *drvdata = (const void *)regs->gprs[2];
	int state = regs->gprs[3];
	struct tape_log_drive *drive;

	rcu_read_lock();
	drive = tape_log_drive_find_data(drvdata);
	if (drive && state == TAPE_LOG_MS_UNLOADED && in_hardirq())
		tape_log_medium_told(drive, TAPE_LOG_UNLOADED);
	else if (drive && state == TAPE_LOG_MS_UNKNOWN)
		tape_log_medium_told(drive, TAPE_LOG_UNKNOWN);
	rcu_read_unlock();
	tape_log_missed_tell(&tape_log_medstate_missed, READ_ONCE(probe->nmissed),
			     probe->symbol_name);
	return 0;
}

static struct kprobe tape_log_medstate_probe;
static bool tape_log_medstate_probed;
static DEFINE_MUTEX(tape_log_medstate_lock);	/* guards both */

static void tape_log_medstate_probe_set(void)
{
	int rc;

	mutex_lock(&tape_log_medstate_lock);
	if (!tape_log_medstate_probed) {
		tape_log_medstate_probe = (struct kprobe) {
			.symbol_name	= "tape_med_state_set",
			.pre_handler	= tape_log_medstate_set,
		};
		tape_log_medstate_missed = 0;
		rc = register_kprobe(&tape_log_medstate_probe);
		tape_log_medstate_probed = !rc;
		/* Without the tape driver there is nothing to probe, yet. */
		if (rc && rc != -ENOENT)
			pr_warn("tape_log: no probe on tape_med_state_set (%d): unloads by the host go unseen\n",
				rc);
	}
	mutex_unlock(&tape_log_medstate_lock);
}

static void tape_log_medstate_probe_clear(void)
{
	mutex_lock(&tape_log_medstate_lock);
	if (tape_log_medstate_probed) {
		unregister_kprobe(&tape_log_medstate_probe);
		tape_log_missed_tell(&tape_log_medstate_missed, tape_log_medstate_probe.nmissed,
				     tape_log_medstate_probe.symbol_name);
	}
	tape_log_medstate_probed = false;
	mutex_unlock(&tape_log_medstate_lock);
}

static int tape_log_medstate_module(struct notifier_block *block, unsigned long action,
				    void *data)
{
	const struct module *module = data;

	if (strcmp(module->name, "tape"))
		return NOTIFY_DONE;
	if (action == MODULE_STATE_COMING)
		tape_log_medstate_probe_set();
	else if (action == MODULE_STATE_GOING)
		tape_log_medstate_probe_clear();
	return NOTIFY_DONE;
}

static struct notifier_block tape_log_medstate_modules = {
	.notifier_call	= tape_log_medstate_module,
	.priority	= -1,	/* after kprobes' own, which must know the module first */
};

/**
 * tape_log_medstate_init() - hear of the tape driver's conclusions
 *
 * Return: 0 or a negative errno
 */
int tape_log_medstate_init(void)
{
	int rc;

	rc = register_module_notifier(&tape_log_medstate_modules);
	if (rc)
		return rc;
	tape_log_medstate_probe_set();
	return 0;
}

void tape_log_medstate_exit(void)
{
	unregister_module_notifier(&tape_log_medstate_modules);
	tape_log_medstate_probe_clear();
}
