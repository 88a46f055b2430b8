/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kevent for event sources in the kernel
 *
 * A source registers a type with kevent_add_callbacks() and keeps one
 * kevent_storage for each object that has events. A request of its type is
 * handed to @enqueue, which puts it into the right storage; from then on
 * kevent_storage_ready() finds it. @dequeue takes it out again.
 *
 * Contexts: kevent_storage_ready() may be called wherever a spinlock may be
 * taken with interrupts off and a task may be woken: task, softirq, hardirq; not
 * NMI or machine check, and not with a runqueue lock held. Everything else here
 * may sleep.
 */
#ifndef _LINUX_KEVENT_H
#define _LINUX_KEVENT_H

#include <linux/list.h>
#include <linux/module.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include <uapi/linux/kevent.h>

struct kevent;
struct kevent_queue;

/* A notification walks a storage with interrupts off: it must not grow for ever. */
#define KEVENT_STORAGE_MAX	16384

/**
 * struct kevent_cause - what has happened
 * @event:	the event's bit; only requests whose mask has it are asked
 * @ret_data:	goes into the request's ret_data if it becomes ready
 * @data:	for the type's @callback, not touched by kevent
 */
struct kevent_cause {
	u32		event;
	u32		ret_data[2];
	const void	*data;
};

/**
 * struct kevent_callbacks - a type of requests
 * @owner:	module of the callbacks; a reference is held for each request
 * @events:	mask of the events that can be asked for
 * @user_ready:	KEVENT_CTL_READY may mark requests of this type
 * @callback:	does @cause make this request ready? > 0: yes, 0: no, < 0: the
 *		request is broken, with that errno. Runs under the storage's lock
 *		with interrupts off.
 * @enqueue:	take a new request: > 0: it is ready at once, 0: it waits, < 0:
 *		refused, with that errno. May sleep.
 * @dequeue:	let go of a request that @enqueue took. May sleep.
 */
struct kevent_callbacks {
	struct module	*owner;
	u32		events;
	bool		user_ready;
	int		(*callback)(struct kevent *k, const struct kevent_cause *cause);
	int		(*enqueue)(struct kevent *k);
	void		(*dequeue)(struct kevent *k);
};

/**
 * struct kevent_storage - the requests that wait for events of one object
 * @origin:	the object, for the type's use
 * @lock:	guards @requests, and is held over every callback
 * @requests:	requests; those of one queue stand together
 * @nr_requests: number of them, at most KEVENT_STORAGE_MAX
 */
struct kevent_storage {
	void			*origin;
	spinlock_t		lock;	/* see above */
	struct list_head	requests;
	unsigned int		nr_requests;
};

/**
 * struct kevent - one request
 * @event:	the request as user space knows it. ret_flags and ret_data are
 *		guarded by the queue's ready_lock; the rest changes under the
 *		queue's lock and the storage's.
 * @queue:	the queue that it belongs to
 * @callbacks:	its type
 * @st:		the storage it is in, or NULL
 * @storage_node: in @st's list; guarded by the storage's lock
 * @ready_node:	in the queue's ready list; guarded by its ready_lock
 * @key_node:	in the queue's tree; guarded by the queue's lock
 * @coalesced:	repeats that came while it was ready; guarded by ready_lock
 */
struct kevent {
	struct ukevent			event;
	struct kevent_queue		*queue;
	const struct kevent_callbacks	*callbacks;
	struct kevent_storage		*st;
	struct list_head		storage_node;
	struct list_head		ready_node;
	struct rb_node			key_node;
	u64				coalesced;
};

int kevent_add_callbacks(const struct kevent_callbacks *callbacks, u32 type);
void kevent_del_callbacks(u32 type);

void kevent_storage_init(void *origin, struct kevent_storage *st);
void kevent_storage_fini(struct kevent_storage *st);
int kevent_storage_enqueue(struct kevent_storage *st, struct kevent *k);
void kevent_storage_dequeue(struct kevent_storage *st, struct kevent *k);
void kevent_storage_ready(struct kevent_storage *st, const struct kevent_cause *cause);

#endif /* _LINUX_KEVENT_H */
