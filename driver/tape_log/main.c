// SPDX-License-Identifier: GPL-2.0-only
/*
 * tape_log: start and stop
 */
#include <linux/init.h>
#include <linux/module.h>

#include "drive.h"

static int __init tape_log_init(void)
{
	int rc;

	rc = tape_log_medstate_init();
	if (rc)
		return rc;
	rc = tape_log_ccwbus_init();
	if (rc)
		goto err_medstate;
	return 0;

err_medstate:
	tape_log_medstate_exit();
	return rc;
}

static void __exit tape_log_exit(void)
{
	tape_log_ccwbus_exit();
	tape_log_drive_detach_all();
	tape_log_medstate_exit();
}

module_init(tape_log_init);
module_exit(tape_log_exit);

MODULE_DESCRIPTION("Events of tape drives and channel-attached devices");
MODULE_LICENSE("GPL");
