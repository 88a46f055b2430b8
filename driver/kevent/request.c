// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests: added, found, changed and removed under the queue's lock
 */
#include <linux/slab.h>

#include "queue.h"

static int kevent_request_compare(u32 type, struct kevent_id id, const struct kevent *k)
{
	if (type != k->event.type)
		return type < k->event.type ? -1 : 1;
	if (id.raw_u64 != k->event.id.raw_u64)
		return id.raw_u64 < k->event.id.raw_u64 ? -1 : 1;
	return 0;
}

/* Where (type, id) is in the tree, or where it would have to go. */
static struct rb_node **kevent_request_slot(struct kevent_queue *q, u32 type,
					    struct kevent_id id, struct rb_node **parent)
{
	struct rb_node **slot = &q->requests.rb_node;
	int cmp;

	lockdep_assert_held(&q->lock);
	*parent = NULL;
	while (*slot) {
		cmp = kevent_request_compare(type, id, rb_entry(*slot, struct kevent, key_node));
		if (!cmp)
			break;
		*parent = *slot;
		slot = cmp < 0 ? &(*slot)->rb_left : &(*slot)->rb_right;
	}
	return slot;
}

/**
 * kevent_request_find() - find a request by its key
 * @q:		the queue, locked
 * @type:	its type
 * @id:		its id
 *
 * Return: the request, or NULL
 */
struct kevent *kevent_request_find(struct kevent_queue *q, u32 type, struct kevent_id id)
{
	struct rb_node *parent, **slot;

	slot = kevent_request_slot(q, type, id, &parent);
	return *slot ? rb_entry(*slot, struct kevent, key_node) : NULL;
}

/* Flags and mask that a request of this type may have. */
static bool kevent_request_valid(const struct kevent_callbacks *callbacks,
				 const struct ukevent *uk)
{
	if (uk->req_flags & ~KEVENT_REQ_ALL ||
	    (uk->req_flags & KEVENT_REQ_READY && !callbacks->user_ready))
		return false;
	return uk->event && !(uk->event & ~callbacks->events);
}

static struct kevent *kevent_request_alloc(struct kevent_queue *q, const struct ukevent *uk)
{
	struct kevent *k;

	k = kzalloc(sizeof(*k), GFP_KERNEL_ACCOUNT);
	if (!k)
		return NULL;
	k->event = *uk;
	k->event.ret_flags = 0;
	k->event.ret_data[0] = 0;
	k->event.ret_data[1] = 0;
	k->queue = q;
	INIT_LIST_HEAD(&k->ready_node);
	return k;
}

/*
 * The request leaves its storages and then its type: as long as the type has it,
 * kevent_del_callbacks() waits. From then on nothing makes it ready.
 */
static void kevent_request_leave(struct kevent *k)
{
	lockdep_assert_held(&k->queue->lock);
	k->callbacks->dequeue(k, k->event.event);
	kevent_storage_leave(k);
	kevent_type_unlink(k);
}

/**
 * kevent_request_free() - take a request out of everything and free it
 * @k:		the request; its queue is locked
 */
void kevent_request_free(struct kevent *k)
{
	struct kevent_queue *q = k->queue;

	lockdep_assert_held(&q->lock);
	if (k->callbacks)
		kevent_request_leave(k);
	kevent_queue_forget(k);
	rb_erase(&k->key_node, &q->requests);
	q->nr_requests--;
	kfree(k);
}

static void kevent_request_link(struct kevent *k, struct rb_node *parent,
				struct rb_node **slot)
{
	rb_link_node(&k->key_node, parent, slot);
	rb_insert_color(&k->key_node, &k->queue->requests);
	k->queue->nr_requests++;
}

/* Hands a new request to its type. > 0: it is ready, and must not be kept. */
static int kevent_request_enqueue(struct kevent *k)
{
	static const u32 no_data[2];
	int rc;

	rc = k->callbacks->enqueue(k, k->event.event);
	if (!rc && k->event.req_flags & KEVENT_REQ_READY)
		rc = 1;
	if (rc > 0 && k->event.req_flags & KEVENT_REQ_ALWAYS_QUEUE) {
		kevent_queue_mark_ready(k, no_data);
		rc = 0;
	}
	return rc;
}

/**
 * kevent_request_add() - KEVENT_CTL_ADD of one entry
 * @q:		the queue, locked
 * @uk:		the entry
 *
 * Return: 0 if it waits, 1 if it was ready and was not kept, or a negative errno
 */
int kevent_request_add(struct kevent_queue *q, struct ukevent *uk)
{
	struct rb_node *parent, **slot;
	struct kevent *k;
	int rc;

	k = kevent_request_alloc(q, uk);
	if (!k)
		return -ENOMEM;
	rc = kevent_type_link(k);
	if (rc)
		goto err_alloc;
	rc = -EINVAL;
	if (!kevent_request_valid(k->callbacks, uk))
		goto err_type;
	rc = -ENOSPC;
	if (q->nr_requests >= KEVENT_MAX_REQUESTS)
		goto err_type;
	rc = -EEXIST;
	slot = kevent_request_slot(q, uk->type, uk->id, &parent);
	if (*slot)
		goto err_type;
	rc = kevent_request_enqueue(k);
	if (rc)
		goto err_enqueue;
	kevent_request_link(k, parent, slot);
	return 0;

err_enqueue:
	kevent_request_leave(k);
	kevent_queue_forget(k);
	kfree(k);
	return rc;
err_type:
	kevent_type_unlink(k);
err_alloc:
	kfree(k);
	return rc;
}

/**
 * kevent_request_remove() - KEVENT_CTL_REMOVE of one entry
 * @q:		the queue, locked
 * @uk:		the entry
 *
 * Return: 0 or -ENOENT
 */
int kevent_request_remove(struct kevent_queue *q, struct ukevent *uk)
{
	struct kevent *k = kevent_request_find(q, uk->type, uk->id);

	if (!k)
		return -ENOENT;
	kevent_request_free(k);
	return 0;
}

/**
 * kevent_request_modify() - KEVENT_CTL_MODIFY of one entry
 * @q:		the queue, locked
 * @uk:		the entry
 *
 * The request enters the storages of the events that are new before it leaves
 * those of the others, and stays where it is for those that it asks for now as
 * before: it misses none of them.
 *
 * Return: 0; or -ENOENT, -EINVAL for flags or mask, the errno with which it broke,
 * or the type's, and the request is as it was
 */
int kevent_request_modify(struct kevent_queue *q, struct ukevent *uk)
{
	struct kevent *k = kevent_request_find(q, uk->type, uk->id);
	static const u32 no_data[2];
	u32 more, less;
	int rc;

	if (!k)
		return -ENOENT;
	rc = -READ_ONCE(k->broken);
	if (rc)
		return rc;
	if (!kevent_request_valid(k->callbacks, uk))
		return -EINVAL;
	more = uk->event & ~k->event.event;
	less = k->event.event & ~uk->event;
	rc = k->callbacks->enqueue(k, more);
	if (rc < 0) {
		k->callbacks->dequeue(k, more);
		return rc;
	}
	k->callbacks->dequeue(k, less);
	kevent_queue_modify(k, uk);
	if (rc > 0 || uk->req_flags & KEVENT_REQ_READY)
		kevent_queue_mark_ready(k, no_data);
	return 0;
}

/**
 * kevent_request_ready() - KEVENT_CTL_READY of one entry
 * @q:		the queue, locked
 * @uk:		the entry
 *
 * If it is ready already, the repeat is counted.
 *
 * Return: 0, -ENOENT, the errno with which it broke, or -EPERM if the type makes
 * its requests ready itself
 */
int kevent_request_ready(struct kevent_queue *q, struct ukevent *uk)
{
	struct kevent *k = kevent_request_find(q, uk->type, uk->id);
	int rc;

	if (!k)
		return -ENOENT;
	rc = -READ_ONCE(k->broken);
	if (rc)
		return rc;
	if (!k->callbacks->user_ready)
		return -EPERM;
	if (!kevent_queue_mark_ready(k, uk->ret_data))
		kevent_queue_coalesce(k);
	return 0;
}

/**
 * kevent_request_withdraw() - the type of a request is withdrawn
 * @k:		the request; its queue is locked
 *
 * It becomes BROKEN, and can only be removed.
 */
void kevent_request_withdraw(struct kevent *k)
{
	lockdep_assert_held(&k->queue->lock);
	kevent_request_leave(k);
	kevent_queue_break(k, ENODEV);
}
