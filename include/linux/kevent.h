/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kevent for event sources in the kernel
 *
 * A source registers a type with kevent_add_callbacks() and keeps a
 * kevent_storage for each thing that can happen and that subscribers tell apart:
 * the finer, the less a notification has to look at. A request of its type is
 * handed to @enqueue, which puts it into the storages of the events that it asks
 * for; from then on kevent_storage_ready() finds it. @dequeue takes it out.
 *
 * A storage whose object goes away before its type is ended by
 * kevent_storage_fini(), and can then be freed. Those that last until the type is
 * withdrawn need no end: kevent_del_callbacks() leaves them empty.
 *
 * Contexts: kevent_storage_ready() and kevent_unotify_ready() may be called
 * wherever a spinlock may be taken with interrupts off and a task may be woken:
 * task, softirq, hardirq; not NMI or machine check, and not with a runqueue lock
 * held. Everything else here may sleep.
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
#define KEVENT_STORAGE_MAX	16384	/* requests in one storage; ENOSPC */

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
 * @user_ready:	KEVENT_CTL_READY and KEVENT_REQ_READY may make requests ready
 * @callback:	does @cause make this request ready? > 0: yes, 0: no, < 0: the
 *		request is broken for good, with that errno. @cause is NULL when it is asked
 *		again for KEVENT_REQ_LAST_CHECK. Runs under the storage's lock with
 *		interrupts off.
 * @enqueue:	put @k into the storages of @events, a part of its mask: > 0: it
 *		is ready at once, 0: it waits, < 0: refused, with that errno, and
 *		then @dequeue is called for the same @events. May sleep.
 * @dequeue:	take @k out of the storages of @events. May sleep.
 *
 * @enqueue and @dequeue are called under the lock of @k's queue.
 */
struct kevent_callbacks {
	struct module	*owner;
	u32		events;
	bool		user_ready;
	int		(*callback)(struct kevent *k, const struct kevent_cause *cause);
	int		(*enqueue)(struct kevent *k, u32 events);
	void		(*dequeue)(struct kevent *k, u32 events);
};

/**
 * struct kevent_storage - the requests that wait for something to happen
 * @origin:	the object that it happens to, for the type's use
 * @lock:	guards @links, and is held over every callback
 * @links:	struct kevent_link; those of one queue stand together
 * @nr_links:	number of them, at most KEVENT_STORAGE_MAX
 * @ended:	no more are taken; guarded by @lock
 */
struct kevent_storage {
	void			*origin;
	spinlock_t		lock;	/* see above */
	struct list_head	links;
	unsigned int		nr_links;
	bool			ended;
};

/**
 * struct kevent_link - a request in a storage
 * @node:	in the storage's list; guarded by the storage's lock
 * @events:	those that the request asks for here; guarded likewise
 * @k:		the request
 * @st:		the storage, NULL if it has left it; changed under the storage's lock,
 *		read with kevent_link_storage()
 * @next:	the request's next link; guarded by its queue's lock
 * @full_at:	in the first link of a queue: its @freed when all its requests here
 *		were ready; guarded by the storage's lock
 */
struct kevent_link {
	struct list_head	node;
	u32			events;
	u64			full_at;
	struct kevent		*k;
	struct kevent_storage	*st;
	struct kevent_link	*next;
};

/**
 * struct kevent - one request
 * @event:	the request as user space knows it. ret_flags, ret_data and
 *		req_flags are guarded by the queue's ready_lock; the rest is changed
 *		under the queue's lock, and @callback must not look at event.event.
 * @queue:	the queue that it belongs to
 * @callbacks:	its type, NULL once that is withdrawn; guarded by the queue's lock.
 *		Set as long as it is in a storage.
 * @links:	where it waits; guarded by the queue's lock
 * @ready_node:	in the queue's ready list; guarded by its ready_lock
 * @key_node:	in the queue's tree; guarded by the queue's lock
 * @type_node:	in the list of its type; guarded by the lock of the types
 * @broken:	the errno with which it failed, or 0; written once, under ready_lock
 * @again:	it has fired since it was looked at, but was ready already; guarded by
 *		ready_lock
 * @coalesced:	repeats that came while it was ready
 */
struct kevent {
	struct ukevent			event;
	struct kevent_queue		*queue;
	const struct kevent_callbacks	*callbacks;
	struct kevent_link		*links;
	struct list_head		ready_node;
	struct rb_node			key_node;
	struct list_head		type_node;
	int				broken;
	bool				again;
	atomic64_t			coalesced;
};

/**
 * kevent_storage_empty() - is there no request in a storage?
 * @st:		the storage
 *
 * Without a lock: one that is only now being added or removed may or may not count.
 */
static inline bool kevent_storage_empty(const struct kevent_storage *st)
{
	return list_empty(&st->links);
}

int kevent_add_callbacks(const struct kevent_callbacks *callbacks, u32 type);
void kevent_del_callbacks(u32 type);

void kevent_storage_init(void *origin, struct kevent_storage *st);
void kevent_storage_fini(struct kevent_storage *st);
int kevent_storage_enqueue(struct kevent_storage *st, struct kevent *k, u32 events);
void kevent_storage_dequeue(struct kevent_storage *st, struct kevent *k, u32 events);
void kevent_storage_ready(struct kevent_storage *st, const struct kevent_cause *cause);

void kevent_unotify_ready(const struct kevent_id *id, u32 event, const u32 ret_data[2]);

#endif /* _LINUX_KEVENT_H */
