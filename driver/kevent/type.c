// SPDX-License-Identifier: GPL-2.0-only
/*
 * The types of requests, and who serves them
 */
#include <linux/export.h>
#include <linux/kevent.h>
#include <linux/mutex.h>

#include "queue.h"

static DEFINE_MUTEX(kevent_type_lock);
static const struct kevent_callbacks *kevent_types[KEVENT_MAX];	/* kevent_type_lock */

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
	if (kevent_types[type])
		rc = -EBUSY;
	else
		kevent_types[type] = callbacks;
	mutex_unlock(&kevent_type_lock);
	return rc;
}
EXPORT_SYMBOL_GPL(kevent_add_callbacks);

/**
 * kevent_del_callbacks() - stop serving a type
 * @type:	as given to kevent_add_callbacks()
 *
 * Meant for the owner's module exit: by then no request is left, because each
 * holds a reference to the module, and none can come any more.
 */
void kevent_del_callbacks(u32 type)
{
	mutex_lock(&kevent_type_lock);
	kevent_types[type] = NULL;
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
	callbacks = kevent_types[type];
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
 * kevent_type_mask() - which types are served
 *
 * Return: bit n is set if type n is served now
 */
u32 kevent_type_mask(void)
{
	u32 type, mask = 0;

	mutex_lock(&kevent_type_lock);
	for (type = 0; type < KEVENT_MAX; type++)
		if (kevent_types[type])
			mask |= BIT(type);
	mutex_unlock(&kevent_type_lock);
	return mask;
}
