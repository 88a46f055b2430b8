// SPDX-License-Identifier: GPL-2.0-only
/*
 * kevent: start and stop
 */
#include <linux/init.h>
#include <linux/module.h>

#include "queue.h"

static int __init kevent_init(void)
{
	int rc;

	kevent_type_init();
	rc = kevent_unotify_init();
	if (rc)
		return rc;
	rc = kevent_chardev_init();
	if (rc)
		goto err_unotify;
	return 0;

err_unotify:
	kevent_unotify_exit();
	return rc;
}

static void __exit kevent_exit(void)
{
	kevent_chardev_exit();
	kevent_unotify_exit();
}

module_init(kevent_init);
module_exit(kevent_exit);

MODULE_DESCRIPTION("kevent: one queue for events of every kind");
MODULE_LICENSE("GPL");
