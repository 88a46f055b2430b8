// SPDX-License-Identifier: GPL-2.0-only
/*
 * The types of requests, who serves them, and what requests they have
 */
#include <linux/export.h>
#include <linux/kevent.h>
#include <linux/mutex.h>
#include <linux/nospec.h>

#include "queue.h"

/**
 * struct kevent_type - a type that can be served
 * @callbacks:	by whom, or NULL
 * @leaving:	no longer, but kevent_del_callbacks() has not returned yet
 * @requests:	all requests of the type, of all queues. One that is being added or
 *		freed is here from before the first until after the last time that
 *		@callbacks are called for it.
 */
struct kevent_type {
	const struct kevent_callbacks	*callbacks;
	bool				leaving;
	struct list_head		requests;
};

static DEFINE_MUTEX(kevent_type_lock);
static struct kevent_type kevent_types[KEVENT_MAX];	/* kevent_type_lock */

static bool kevent_type_served(const struct kevent_type *type)
{
	lockdep_assert_held(&kevent_type_lock);
	return type->callbacks && !type->leaving;
}

/**
 * kevent_add_callbacks() - serve requests of a type
 * @callbacks:	all of them set; must stay until kevent_del_callbacks()
 * @type:	KEVENT_S390_LOG, ...
 *
 * Return: 0, -EINVAL if something is missing, -EBUSY if the type is served, or
 * still being withdrawn
 */
int kevent_add_callbacks(const struct kevent_callbacks *callbacks, u32 type)
{
	int rc = 0;

	if (type >= KEVENT_MAX || !callbacks->callback || !callbacks->enqueue ||
	    !callbacks->dequeue)
		return -EINVAL;
	mutex_lock(&kevent_type_lock);
	if (kevent_types[type].callbacks)
		rc = -EBUSY;
	else
		kevent_types[type].callbacks = callbacks;
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
 * it is used has to call this before its exit. The caller must not hold a lock
 * that @enqueue or @dequeue take.
 */
void kevent_del_callbacks(u32 number)
{
	struct kevent_type *type;
	struct kevent_queue *q;

	if (WARN_ON_ONCE(number >= KEVENT_MAX))
		return;
	type = &kevent_types[number];
	mutex_lock(&kevent_type_lock);
	if (WARN_ON_ONCE(!kevent_type_served(type)))
		goto out;
	type->leaving = true;
	/* No request comes any more, so this ends once each queue has been visited. */
	while ((q = kevent_type_queue(type))) {
		/* The queue's lock comes first. */
		mutex_unlock(&kevent_type_lock);
		kevent_queue_withdraw(q, number);
		kevent_queue_put(q);
		mutex_lock(&kevent_type_lock);
	}
	type->callbacks = NULL;
	type->leaving = false;
out:
	mutex_unlock(&kevent_type_lock);
}
EXPORT_SYMBOL_GPL(kevent_del_callbacks);

/**
 * kevent_type_link() - a type gets a request, and the request its callbacks
 * @k:		a new request; its queue is locked, so that kevent_del_callbacks()
 *		finds it either in the queue or gone. Holds the owner's module.
 *
 * Return: 0, or -EINVAL if nobody serves the type
 */
int kevent_type_link(struct kevent *k)
{
	struct kevent_type *type;
	int rc = -EINVAL;

	if (k->event.type >= KEVENT_MAX)
		return -EINVAL;
	type = &kevent_types[array_index_nospec(k->event.type, KEVENT_MAX)];
	mutex_lock(&kevent_type_lock);
	if (kevent_type_served(type) && try_module_get(type->callbacks->owner)) {
		k->callbacks = type->callbacks;
		list_add_tail(&k->type_node, &type->requests);
		rc = 0;
	}
	mutex_unlock(&kevent_type_lock);
	return rc;
}

/**
 * kevent_type_unlink() - a type loses a request
 * @k:		the request, out of all storages; its queue is locked
 */
void kevent_type_unlink(struct kevent *k)
{
	struct module *owner = k->callbacks->owner;

	mutex_lock(&kevent_type_lock);
	k->callbacks = NULL;
	list_del(&k->type_node);
	/* Who withdraws the callbacks waits for the list: then the module may go. */
	module_put(owner);
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
		if (kevent_type_served(&kevent_types[type]))
			mask |= BIT(type);
	mutex_unlock(&kevent_type_lock);
	return mask;
}

void __init kevent_type_init(void)
{
	unsigned int type;

	for (type = 0; type < KEVENT_MAX; type++)
		INIT_LIST_HEAD(&kevent_types[type].requests);
}
