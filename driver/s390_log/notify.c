// SPDX-License-Identifier: GPL-2.0-only
/*
 * KEVENT_S390_LOG: the kevent storage of the log
 *
 * One storage for all events: a request says by its mask and by id.raw[1] which
 * of them it wants.
 */
#include <linux/kevent.h>

#include "log.h"

static struct kevent_storage s390_log_storage;

static int s390_log_notify_callback(struct kevent *k, const struct kevent_cause *cause)
{
	const u32 *device;

	if (!cause)
		return 1;	/* LAST_CHECK: what has happened stays true */
	device = cause->data;
	return !k->event.id.raw[1] || k->event.id.raw[1] == *device;
}

static int s390_log_notify_enqueue(struct kevent *k)
{
	return kevent_storage_enqueue(&s390_log_storage, k);
}

static void s390_log_notify_dequeue(struct kevent *k)
{
	kevent_storage_dequeue(&s390_log_storage, k);
}

static const struct kevent_callbacks s390_log_callbacks = {
	.owner		= THIS_MODULE,
	.events		= KEVENT_S390_ALL,
	.callback	= s390_log_notify_callback,
	.enqueue	= s390_log_notify_enqueue,
	.dequeue	= s390_log_notify_dequeue,
};

/**
 * s390_log_notify() - make the kevents of an event ready
 * @event:	one of KEVENT_S390_*
 * @device:	S390_LOG_DEVICE(), or 0
 * @sequence:	its number
 */
void s390_log_notify(u32 event, u32 device, u64 sequence)
{
	const struct kevent_cause cause = {
		.event		= event,
		.ret_data	= { upper_32_bits(sequence), lower_32_bits(sequence) },
		.data		= &device,
	};

	kevent_storage_ready(&s390_log_storage, &cause);
}

int s390_log_notify_init(void)
{
	kevent_storage_init(NULL, &s390_log_storage);
	return kevent_add_callbacks(&s390_log_callbacks, KEVENT_S390_LOG);
}

void s390_log_notify_exit(void)
{
	kevent_del_callbacks(KEVENT_S390_LOG);
	kevent_storage_fini(&s390_log_storage);
}
