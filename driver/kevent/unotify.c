// SPDX-License-Identifier: GPL-2.0-only
/*
 * KEVENT_UNOTIFY: requests that user space makes ready itself
 *
 * They wait in no storage: KEVENT_CTL_READY finds them by their key.
 */
#include <linux/kevent.h>

#include "queue.h"

static int kevent_unotify_callback(struct kevent *k, const struct kevent_cause *cause)
{
	return 1;
}

static int kevent_unotify_enqueue(struct kevent *k)
{
	return 0;
}

static void kevent_unotify_dequeue(struct kevent *k)
{
}

static const struct kevent_callbacks kevent_unotify = {
	.owner		= THIS_MODULE,
	.events		= U32_MAX,
	.user_ready	= true,
	.callback	= kevent_unotify_callback,
	.enqueue	= kevent_unotify_enqueue,
	.dequeue	= kevent_unotify_dequeue,
};

int kevent_unotify_init(void)
{
	return kevent_add_callbacks(&kevent_unotify, KEVENT_UNOTIFY);
}

void kevent_unotify_exit(void)
{
	kevent_del_callbacks(KEVENT_UNOTIFY);
}
