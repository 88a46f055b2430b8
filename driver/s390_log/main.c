// SPDX-License-Identifier: GPL-2.0-only
/*
 * s390_log: start and stop
 */
#include <linux/init.h>
#include <linux/module.h>

#include "log.h"

static int __init s390_log_init(void)
{
	int rc;

	rc = s390_log_channel_open();
	if (rc)
		return rc;
	rc = s390_log_notify_init();
	if (rc)
		goto err_channel;
	/* Last: requests can be withdrawn if it fails, open files could not. */
	rc = s390_log_chardev_init();
	if (rc)
		goto err_notify;
	return 0;

err_notify:
	s390_log_notify_exit();
err_channel:
	s390_log_channel_close();
	return rc;
}

/* What was never taken ends here, and nobody else could say so. */
static void __exit s390_log_report_untaken(void)
{
	u64 taken = s390_log_channel.position->taken;
	u64 last = atomic64_read(s390_log_channel.sequence);

	if (taken < last)
		pr_warn("s390_log: unloaded with events that nobody had taken: %llu to %llu\n",
			taken + 1, last);
}

static void __exit s390_log_exit(void)
{
	s390_log_report_untaken();
	s390_log_chardev_exit();
	s390_log_notify_exit();
	s390_log_channel_close();
}

module_init(s390_log_init);
module_exit(s390_log_exit);

MODULE_DESCRIPTION("Numbered events of IBM Z devices, and their records");
MODULE_LICENSE("GPL");
