// SPDX-License-Identifier: GPL-2.0-only
/*
 * tape_log: start and stop
 */
#include <linux/init.h>
#include <linux/module.h>

#include "drive.h"
#include "unit.h"

static int __init tape_log_init(void)
{
	int rc;

	rc = tape_log_medstate_init();
	if (rc)
		return rc;
	/* Each of these says what is missing without it; the others go on. */
	tape_log_restart_init();
	tape_log_devstate_init();
	tape_log_crw_init();
	tape_log_unitcheck_init();
	rc = tape_log_ccwbus_init();
	if (rc)
		goto err_hooks;
	return 0;

err_hooks:
	tape_log_unitcheck_exit();
	tape_log_unit_remove_all();
	tape_log_crw_exit();
	tape_log_devstate_exit();
	tape_log_restart_exit();
	tape_log_medstate_exit();
	return rc;
}

static void __exit tape_log_exit(void)
{
	tape_log_ccwbus_exit();
	tape_log_unitcheck_exit();
	tape_log_unit_remove_all();
	tape_log_crw_exit();
	tape_log_devstate_exit();
	tape_log_drive_detach_all();
	tape_log_restart_exit();
	tape_log_medstate_exit();
}

module_init(tape_log_init);
module_exit(tape_log_exit);

MODULE_DESCRIPTION("Events of tape drives and channel-attached devices");
MODULE_LICENSE("GPL");
