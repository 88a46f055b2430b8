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
	return !(uk->req_flags & ~KEVENT_REQ_ALL) && uk->event &&
	       !(uk->event & ~callbacks->events);
}

static struct kevent *kevent_request_alloc(struct kevent_queue *q, const struct ukevent *uk,
					   const struct kevent_callbacks *callbacks)
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
	k->callbacks = callbacks;
	INIT_LIST_HEAD(&k->storage_node);
	INIT_LIST_HEAD(&k->ready_node);
	return k;
}

/**
 * kevent_request_free() - take a request out of everything and free it
 * @k:		the request; its queue is locked
 */
void kevent_request_free(struct kevent *k)
{
	struct kevent_queue *q = k->queue;

	lockdep_assert_held(&q->lock);
	k->callbacks->dequeue(k);
	kevent_queue_unready(k);
	rb_erase(&k->key_node, &q->requests);
	q->nr_requests--;
	kevent_type_put(k->callbacks);
	kfree(k);
}

static void kevent_request_link(struct kevent *k, struct rb_node *parent,
				struct rb_node **slot)
{
	rb_link_node(&k->key_node, parent, slot);
	rb_insert_color(&k->key_node, &k->queue->requests);
	k->queue->nr_requests++;
}

/**
 * kevent_request_add() - KEVENT_CTL_ADD of one entry
 * @q:		the queue, locked
 * @uk:		the entry; ret_flags are set if it is ready at once
 *
 * Return: 0 if it waits, 1 if it was ready and was not kept, or a negative errno
 */
int kevent_request_add(struct kevent_queue *q, struct ukevent *uk)
{
	const struct kevent_callbacks *callbacks;
	static const u32 no_data[2];
	struct rb_node *parent, **slot;
	struct kevent *k;
	int rc;

	callbacks = kevent_type_get(uk->type);
	if (!callbacks)
		return -EINVAL;
	rc = -EINVAL;
	if (!kevent_request_valid(callbacks, uk))
		goto err_type;
	rc = -ENOSPC;
	if (q->nr_requests >= KEVENT_MAX_REQUESTS)
		goto err_type;
	rc = -EEXIST;
	slot = kevent_request_slot(q, uk->type, uk->id, &parent);
	if (*slot)
		goto err_type;
	rc = -ENOMEM;
	k = kevent_request_alloc(q, uk, callbacks);
	if (!k)
		goto err_type;
	rc = callbacks->enqueue(k);
	if (rc < 0)
		goto err_free;
	if (rc > 0 && !(k->event.req_flags & KEVENT_REQ_ALWAYS_QUEUE))
		goto err_dequeue;
	if (rc > 0)
		kevent_queue_mark_ready(k, KEVENT_RET_DONE, no_data);
	kevent_request_link(k, parent, slot);
	return 0;

err_dequeue:
	callbacks->dequeue(k);
	kevent_queue_unready(k);
err_free:
	kfree(k);
err_type:
	kevent_type_put(callbacks);
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
 * Return: 0, -ENOENT, -EINVAL for flags or mask, -ENODEV if what it waits for is
 * gone
 */
int kevent_request_modify(struct kevent_queue *q, struct ukevent *uk)
{
	struct kevent *k = kevent_request_find(q, uk->type, uk->id);

	if (!k)
		return -ENOENT;
	if (!kevent_request_valid(k->callbacks, uk))
		return -EINVAL;
	return kevent_storage_modify(k, uk);
}

/**
 * kevent_request_ready() - KEVENT_CTL_READY of one entry
 * @q:		the queue, locked
 * @uk:		the entry
 *
 * Return: 0, -ENOENT, -EPERM if the type makes its requests ready itself, or
 * -EBUSY if it was ready; then the repeat is counted
 */
int kevent_request_ready(struct kevent_queue *q, struct ukevent *uk)
{
	struct kevent *k = kevent_request_find(q, uk->type, uk->id);

	if (!k)
		return -ENOENT;
	if (!k->callbacks->user_ready)
		return -EPERM;
	if (kevent_queue_mark_ready(k, KEVENT_RET_DONE, uk->ret_data))
		return 0;
	kevent_queue_coalesce(k);
	return -EBUSY;
}
