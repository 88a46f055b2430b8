// SPDX-License-Identifier: GPL-2.0-only
/*
 * KEVENT_UNOTIFY: requests that somebody makes ready by name
 *
 * User space does it with KEVENT_CTL_READY for the requests of its own queue. A
 * module does it with kevent_unotify_ready() for the requests of all queues that
 * have the id: who gives out ids is a matter between it and its users.
 */
#include <linux/export.h>
#include <linux/hash.h>
#include <linux/kevent.h>

#include "queue.h"

#define KEVENT_UNOTIFY_BITS	6

static struct kevent_storage kevent_unotify_storages[1 << KEVENT_UNOTIFY_BITS];

static struct kevent_storage *kevent_unotify_storage(const struct kevent_id *id)
{
	return &kevent_unotify_storages[hash_64(id->raw_u64, KEVENT_UNOTIFY_BITS)];
}

static int kevent_unotify_callback(struct kevent *k, const struct kevent_cause *cause)
{
	const struct kevent_id *id;

	if (!cause)
		return 1;	/* LAST_CHECK: what was said stays said */
	id = cause->data;
	return k->event.id.raw_u64 == id->raw_u64;
}

static int kevent_unotify_enqueue(struct kevent *k, u32 events)
{
	return kevent_storage_enqueue(kevent_unotify_storage(&k->event.id), k, events);
}

static void kevent_unotify_dequeue(struct kevent *k, u32 events)
{
	kevent_storage_dequeue(kevent_unotify_storage(&k->event.id), k, events);
}

static const struct kevent_callbacks kevent_unotify = {
	.owner		= THIS_MODULE,
	.events		= U32_MAX,
	.user_ready	= true,
	.callback	= kevent_unotify_callback,
	.enqueue	= kevent_unotify_enqueue,
	.dequeue	= kevent_unotify_dequeue,
};

/**
 * kevent_unotify_ready() - make KEVENT_UNOTIFY requests ready
 * @id:		of the requests
 * @event:	those that ask for one of these events
 * @ret_data:	what to return with them
 */
void kevent_unotify_ready(const struct kevent_id *id, u32 event, const u32 ret_data[2])
{
	const struct kevent_cause cause = {
		.event		= event,
		.ret_data	= { ret_data[0], ret_data[1] },
		.data		= id,
	};

	kevent_storage_ready(kevent_unotify_storage(id), &cause);
}
EXPORT_SYMBOL_GPL(kevent_unotify_ready);

int kevent_unotify_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kevent_unotify_storages); i++)
		kevent_storage_init(NULL, &kevent_unotify_storages[i]);
	return kevent_add_callbacks(&kevent_unotify, KEVENT_UNOTIFY);
}

void kevent_unotify_exit(void)
{
	kevent_del_callbacks(KEVENT_UNOTIFY);
}
