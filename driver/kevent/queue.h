/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A queue: the requests of one open file, those of them that are ready, and the
 * ring
 *
 * Locks, in the order in which they nest:
 *
 *   kevent_queue.lock		mutex; the tree of requests, the life of each
 *				request and of its links, and the ring. Held over
 *				ctl, fetch and commit, never while waiting.
 *   kevent_type_lock		mutex; who serves a type, and its requests.
 *   kevent_storage.lock	spinlock, interrupts off; which requests are in the
 *				storage. Held over every callback.
 *   kevent_queue.ready_lock	spinlock, interrupts off; the ready list, ret_flags,
 *				ret_data and the counts.
 *   kevent_queue.wait.lock	the wait queue's own.
 *
 * A request is freed under kevent_queue.lock, after it has left its storages, its
 * type and the ready list. Whoever found it in a storage holds that storage's
 * lock, so there is nobody left who could know it: requests need no reference
 * count. A queue has one, because a type that is withdrawn visits the queues of
 * its requests: one for the open file, one for each such visit. A storage can end
 * before its requests do; see kevent_storage_fini().
 */
#ifndef _KEVENT_QUEUE_H
#define _KEVENT_QUEUE_H

#include <linux/kevent.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/wait.h>

struct kevent_user;

/**
 * struct kevent_queue - one open file of /dev/kevent
 * @refs:	see above
 * @user:	who opened it, and pays for it
 * @lock:	see above
 * @requests:	tree of struct kevent by (type, id)
 * @nr_requests: number of them
 * @ring:	the mapped ring, or NULL; set once
 * @ring_size:	its slots; the mapping is not trusted to keep them
 * @head:	events ever put into the ring, modulo 2^32; written under @lock
 * @tail:	events ever committed, modulo 2^32; written under @lock
 * @kidx:	slot of @head
 * @uidx:	slot of @tail
 * @over:	how often @uidx wrapped
 * @ready_lock:	see above
 * @ready:	requests that are ready, oldest first
 * @nr_ready:	number of them; written under @ready_lock
 * @delivered:	events fetched; under @ready_lock
 * @coalesced:	repeats coalesced
 * @freed:	how often one of its requests became able to fire; never 0; written
 *		under @ready_lock
 * @wait:	who waits for events, or for room in the ring
 * @kicks:	how often KEVENT_CTL_READY ended the waits; written under @lock
 */
struct kevent_queue {
	refcount_t		refs;
	struct kevent_user	*user;
	struct mutex		lock;		/* see above */
	struct rb_root		requests;
	unsigned int		nr_requests;
	struct kevent_ring	*ring;
	u32			ring_size;
	u32			head;
	u32			tail;
	u32			kidx;
	u32			uidx;
	u32			over;

	spinlock_t		ready_lock;	/* see above */
	struct list_head	ready;
	unsigned int		nr_ready;
	u64			delivered;
	atomic64_t		coalesced;
	u64			freed;

	wait_queue_head_t	wait;
	unsigned int		kicks;
};

/* queue.c */
struct kevent_queue *kevent_queue_create(void);
void kevent_queue_close(struct kevent_queue *q);
void kevent_queue_get(struct kevent_queue *q);
void kevent_queue_put(struct kevent_queue *q);
void kevent_queue_withdraw(struct kevent_queue *q, u32 type);
bool kevent_queue_mark_ready(struct kevent *k, const u32 ret_data[2]);
void kevent_queue_break(struct kevent *k, int error);
void kevent_queue_coalesce(struct kevent *k);
void kevent_queue_freed(struct kevent_queue *q);
void kevent_queue_unready(struct kevent *k);
void kevent_queue_forget(struct kevent *k);
void kevent_queue_modify(struct kevent *k, const struct ukevent *uk);
struct kevent *kevent_queue_first(struct kevent_queue *q, struct ukevent *uk);
void kevent_queue_delivered(struct kevent *k, const struct ukevent *uk);

/**
 * kevent_queue_busy() - is a request ready, so that it takes no event?
 * @k:		the request, which must not go away
 *
 * Without a lock: it may have been taken just now, see kevent_queue_freed().
 */
static inline bool kevent_queue_busy(const struct kevent *k)
{
	/* Then what it asks for now; pairs with kevent_queue_link_ready(). */
	return smp_load_acquire(&k->event.ret_flags) & KEVENT_RET_DONE &&
	       !(READ_ONCE(k->event.req_flags) & KEVENT_REQ_LAST_CHECK);
}

/* wait.c */
long kevent_wait_ring(struct kevent_queue *q, const struct kevent_wait_arg *arg);
long kevent_wait_events(struct kevent_queue *q, const struct kevent_get_arg *arg);
void kevent_wait_kick(struct kevent_queue *q);

/* storage.c */
void kevent_storage_leave(struct kevent *k);
bool kevent_storage_confirm(struct kevent *k);

/* request.c */
int kevent_request_add(struct kevent_queue *q, struct ukevent *uk);
int kevent_request_remove(struct kevent_queue *q, struct ukevent *uk);
int kevent_request_modify(struct kevent_queue *q, struct ukevent *uk);
int kevent_request_ready(struct kevent_queue *q, struct ukevent *uk);
struct kevent *kevent_request_find(struct kevent_queue *q, u32 type, struct kevent_id id);
void kevent_request_free(struct kevent *k);
void kevent_request_withdraw(struct kevent *k);

/* ring.c */
int kevent_ring_create(struct kevent_queue *q, const struct kevent_init_arg *arg);
void kevent_ring_destroy(struct kevent_queue *q);
int kevent_ring_mmap(struct kevent_queue *q, struct vm_area_struct *vma);
bool kevent_ring_full(const struct kevent_queue *q);
bool kevent_ring_unread(const struct kevent_queue *q);
void kevent_ring_put(struct kevent_queue *q, const struct ukevent *uk);
long kevent_ring_commit(struct kevent_queue *q, const struct kevent_commit_arg *arg);

/* type.c */
void kevent_type_init(void);
int kevent_type_link(struct kevent *k);
void kevent_type_unlink(struct kevent *k);
u32 kevent_type_mask(void);

/* user.c */
struct kevent_user *kevent_user_get(void);
void kevent_user_put(struct kevent_user *user);
int kevent_user_charge(struct kevent_user *user, unsigned long pages);
void kevent_user_uncharge(struct kevent_user *user, unsigned long pages);

/* chardev.c */
int kevent_chardev_init(void);
void kevent_chardev_exit(void);

/* unotify.c */
int kevent_unotify_init(void);
void kevent_unotify_exit(void);

#endif /* _KEVENT_QUEUE_H */
