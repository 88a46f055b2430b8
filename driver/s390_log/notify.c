// SPDX-License-Identifier: GPL-2.0-only
/*
 * KEVENT_S390_LOG: the kevent storages of the log
 *
 * One storage for each event and each device that a request can name, by hash,
 * and one for each event of any device: a notification looks at two of them, and
 * so at little else than the requests that it concerns.
 */
#include <linux/bitops.h>
#include <linux/hash.h>
#include <linux/kevent.h>
#include <linux/log2.h>
#include <linux/mutex.h>

#include "log.h"

#define S390_LOG_DEVICE_BITS	8

static struct kevent_storage s390_log_any[BITS_PER_TYPE(u32)];
static struct kevent_storage s390_log_one[1 << S390_LOG_DEVICE_BITS];

u32 s390_log_wanted;
static DEFINE_MUTEX(s390_log_wanted_lock);	/* over each change of it and of the storages */

/* @event is one bit. */
static struct kevent_storage *s390_log_storage(u32 event, u32 device)
{
	if (!device)
		return &s390_log_any[__fls(event)];
	return &s390_log_one[hash_32(device ^ event, S390_LOG_DEVICE_BITS)];
}

static int s390_log_notify_callback(struct kevent *k, const struct kevent_cause *cause)
{
	const u32 *device;

	if (!cause)
		return 1;	/* LAST_CHECK: what has happened stays true */
	device = cause->data;
	return !k->event.id.raw[1] || k->event.id.raw[1] == *device;
}

static int s390_log_notify_enqueue(struct kevent *k, u32 events)
{
	unsigned long mask = events;
	unsigned int bit;
	int rc = 0;

	if (k->event.id.raw[1] && !(k->event.id.raw[1] & S390_LOG_DEVICE_MARK))
		return -EINVAL;
	mutex_lock(&s390_log_wanted_lock);
	WRITE_ONCE(s390_log_wanted, s390_log_wanted | events);
	for_each_set_bit(bit, &mask, BITS_PER_TYPE(u32)) {
		rc = kevent_storage_enqueue(s390_log_storage(BIT(bit), k->event.id.raw[1]), k,
					    BIT(bit));
		if (rc)
			break;
	}
	mutex_unlock(&s390_log_wanted_lock);
	return rc;
}

/* Events share the storages of single devices: while one is in use, all stay wanted. */
static bool s390_log_one_wanted(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(s390_log_one); i++)
		if (!kevent_storage_empty(&s390_log_one[i]))
			return true;
	return false;
}

static u32 s390_log_any_wanted(void)
{
	u32 wanted = 0;
	unsigned int bit;

	for (bit = 0; bit < ARRAY_SIZE(s390_log_any); bit++)
		if (!kevent_storage_empty(&s390_log_any[bit]))
			wanted |= BIT(bit);
	return wanted;
}

static void s390_log_notify_dequeue(struct kevent *k, u32 events)
{
	unsigned long mask = events;
	unsigned int bit;

	mutex_lock(&s390_log_wanted_lock);
	for_each_set_bit(bit, &mask, BITS_PER_TYPE(u32))
		kevent_storage_dequeue(s390_log_storage(BIT(bit), k->event.id.raw[1]), k,
				       BIT(bit));
	if (!s390_log_one_wanted())
		WRITE_ONCE(s390_log_wanted, s390_log_any_wanted());
	mutex_unlock(&s390_log_wanted_lock);
}

static const struct kevent_callbacks s390_log_callbacks = {
	.owner		= THIS_MODULE,
	.events		= KEVENT_S390_ALL,
	.callback	= s390_log_notify_callback,
	.enqueue	= s390_log_notify_enqueue,
	.dequeue	= s390_log_notify_dequeue,
};

/**
 * s390_log_notify_all() - make the kevents of an event ready
 * @event:	one of KEVENT_S390_*
 * @device:	S390_LOG_DEVICE(), or 0
 * @sequence:	its number
 */
void s390_log_notify_all(u32 event, u32 device, u64 sequence)
{
	const struct kevent_cause cause = {
		.event		= event,
		.ret_data	= { upper_32_bits(sequence), lower_32_bits(sequence) },
		.data		= &device,
	};

	if (device)
		kevent_storage_ready(s390_log_storage(event, device), &cause);
	kevent_storage_ready(s390_log_storage(event, 0), &cause);
}

int s390_log_notify_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(s390_log_any); i++)
		kevent_storage_init(NULL, &s390_log_any[i]);
	for (i = 0; i < ARRAY_SIZE(s390_log_one); i++)
		kevent_storage_init(NULL, &s390_log_one[i]);
	return kevent_add_callbacks(&s390_log_callbacks, KEVENT_S390_LOG);
}

void s390_log_notify_exit(void)
{
	kevent_del_callbacks(KEVENT_S390_LOG);
}
