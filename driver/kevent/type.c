// SPDX-License-Identifier: GPL-2.0-only
/*
 * The types of requests, who serves them, and what requests they have
 */
#include <linux/export.h>
#include <linux/kevent.h>
#include <linux/mutex.h>

#include "queue.h"

/**
 * struct kevent_type - a type that is served
 * @callbacks:	by whom, or NULL
 * @requests:	all requests of the type, of all queues
 */
struct kevent_type {
	const struct kevent_callbacks	*callbacks;
	struct list_head		requests;
};

static DEFINE_MUTEX(kevent_type_lock);
static struct kevent_type kevent_types[KEVENT_MAX];	/* kevent_type_lock */

/**
 * kevent_add_callbacks() - serve requests of a type
 * @callbacks:	all of them set; must stay until kevent_del_callbacks()
 * @type:	KEVENT_S390_LOG, ...
 *
 * Return: 0, -EINVAL if something is missing, -EBUSY if the type is served
 */
int kevent_add_callbacks(const struct kevent_callbacks *callbacks, u32 type)
{
	int rc = 0;

	if (type >= KEVENT_MAX || !callbacks->callback || !callbacks->enqueue ||
	    !callbacks->dequeue)
		return -EINVAL;
	mutex_lock(&kevent_type_lock);
	if (kevent_types[type].callbacks) {
		rc = -EBUSY;
	} else {
		kevent_types[type].callbacks = callbacks;
		INIT_LIST_HEAD(&kevent_types[type].requests);
	}
	mutex_unlock(&kevent_type_lock);
	return rc;
}
EXPORT_SYMBOL_GPL(kevent_add_callbacks);

/* A queue that has requests of a type, with a reference; NULL if there is none. */
static struct kevent_queue *kevent_type_queue(struct kevent_type *type)
{
	struct kevent *k;

	lockdep_assert_held(&kevent_type_lock);
	k = list_first_entry_or_null(&type->requests, struct kevent, type_node);
	if (!k)
		return NULL;
	/* A queue gives up its requests before its last reference. */
	kevent_queue_get(k->queue);
	return k->queue;
}

/**
 * kevent_del_callbacks() - stop serving a type
 * @number:	as given to kevent_add_callbacks()
 *
 * New requests are refused. Those that there are become BROKEN with ENODEV, and
 * their references to the owner's module are dropped: when this returns, nobody
 * calls the callbacks any more, and nothing is in a storage of theirs. As long as
 * there are requests the module can't be removed, so one that wants to go while
 * it is used has to call this before its exit.
 */
void kevent_del_callbacks(u32 number)
{
	struct kevent_type *type = &kevent_types[number];
	const struct kevent_callbacks *callbacks;
	struct kevent_queue *q;

	mutex_lock(&kevent_type_lock);
	callbacks = type->callbacks;
	type->callbacks = NULL;
	while ((q = kevent_type_queue(type))) {
		/* The queue's lock comes first. */
		mutex_unlock(&kevent_type_lock);
		kevent_queue_withdraw(q, callbacks);
		kevent_queue_put(q);
		mutex_lock(&kevent_type_lock);
	}
	mutex_unlock(&kevent_type_lock);
}
EXPORT_SYMBOL_GPL(kevent_del_callbacks);

/**
 * kevent_type_get() - find a type and hold its module
 * @type:	from user space
 *
 * Return: its callbacks, or NULL if nobody serves it
 */
const struct kevent_callbacks *kevent_type_get(u32 type)
{
	const struct kevent_callbacks *callbacks;

	if (type >= KEVENT_MAX)
		return NULL;
	mutex_lock(&kevent_type_lock);
	callbacks = kevent_types[type].callbacks;
	if (callbacks && !try_module_get(callbacks->owner))
		callbacks = NULL;
	mutex_unlock(&kevent_type_lock);
	return callbacks;
}

/**
 * kevent_type_put() - undo kevent_type_get()
 * @callbacks:	what it returned
 */
void kevent_type_put(const struct kevent_callbacks *callbacks)
{
	module_put(callbacks->owner);
}

/**
 * kevent_type_link() - a type gets a request
 * @k:		the request; its queue is locked
 *
 * Return: 0, or -ENODEV if the type has been withdrawn meanwhile
 */
int kevent_type_link(struct kevent *k)
{
	struct kevent_type *type = &kevent_types[k->event.type];
	int rc = -ENODEV;

	mutex_lock(&kevent_type_lock);
	if (type->callbacks == k->callbacks) {
		list_add_tail(&k->type_node, &type->requests);
		rc = 0;
	}
	mutex_unlock(&kevent_type_lock);
	return rc;
}

/**
 * kevent_type_unlink() - a type loses a request
 * @k:		the request; its queue is locked
 */
void kevent_type_unlink(struct kevent *k)
{
	mutex_lock(&kevent_type_lock);
	list_del_init(&k->type_node);
	mutex_unlock(&kevent_type_lock);
}

/**
 * kevent_type_mask() - which types are served
 *
 * Return: bit n is set if type n is served now
 */
u32 kevent_type_mask(void)
{
	u32 type, mask = 0;

	mutex_lock(&kevent_type_lock);
	for (type = 0; type < KEVENT_MAX; type++)
		if (kevent_types[type].callbacks)
			mask |= BIT(type);
	mutex_unlock(&kevent_type_lock);
	return mask;
}
