// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who has how many queues, and how much memory in their rings
 *
 * Rings can't be swapped out, so they count against RLIMIT_MEMLOCK of the user
 * who opened the queue. Their memory, and that of requests, is charged to the
 * memory cgroup of who makes them.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uidgid.h>

#include "queue.h"

/**
 * struct kevent_user - a user with open queues
 * @node:	in kevent_users
 * @uid:	who it is
 * @queues:	open queues; the last one takes the struct along
 * @pages:	in their rings
 *
 * All guarded by kevent_users_lock.
 */
struct kevent_user {
	struct list_head	node;
	kuid_t			uid;
	unsigned int		queues;
	unsigned long		pages;
};

static DEFINE_MUTEX(kevent_users_lock);
static LIST_HEAD(kevent_users);

static struct kevent_user *kevent_user_find(kuid_t uid)
{
	struct kevent_user *user;

	lockdep_assert_held(&kevent_users_lock);
	list_for_each_entry(user, &kevent_users, node)
		if (uid_eq(user->uid, uid))
			return user;
	user = kzalloc(sizeof(*user), GFP_KERNEL_ACCOUNT);
	if (user) {
		user->uid = uid;
		list_add(&user->node, &kevent_users);
	}
	return user;
}

/**
 * kevent_user_get() - the current user opens a queue
 *
 * Return: the user, or an error pointer: -ENOMEM, -EMFILE if he has
 * KEVENT_MAX_QUEUES
 */
struct kevent_user *kevent_user_get(void)
{
	struct kevent_user *user;

	mutex_lock(&kevent_users_lock);
	user = kevent_user_find(current_uid());
	if (!user)
		user = ERR_PTR(-ENOMEM);
	else if (user->queues >= KEVENT_MAX_QUEUES)
		user = ERR_PTR(-EMFILE);
	else
		user->queues++;
	mutex_unlock(&kevent_users_lock);
	return user;
}

/**
 * kevent_user_put() - a queue is gone
 * @user:	who had opened it
 */
void kevent_user_put(struct kevent_user *user)
{
	mutex_lock(&kevent_users_lock);
	if (!--user->queues) {
		list_del(&user->node);
		kfree(user);
	}
	mutex_unlock(&kevent_users_lock);
}

/**
 * kevent_user_charge() - a queue gets a ring
 * @user:	who has opened it
 * @pages:	of the ring
 *
 * Return: 0, or -ENOMEM beyond RLIMIT_MEMLOCK of the caller, unless he has
 * CAP_IPC_LOCK
 */
int kevent_user_charge(struct kevent_user *user, unsigned long pages)
{
	unsigned long limit = rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT;
	int rc = 0;

	mutex_lock(&kevent_users_lock);
	if (user->pages + pages > limit && !capable(CAP_IPC_LOCK))
		rc = -ENOMEM;
	else
		user->pages += pages;
	mutex_unlock(&kevent_users_lock);
	return rc;
}

/**
 * kevent_user_uncharge() - a ring is gone
 * @user:	who had opened the queue
 * @pages:	of the ring
 */
void kevent_user_uncharge(struct kevent_user *user, unsigned long pages)
{
	mutex_lock(&kevent_users_lock);
	user->pages -= pages;
	mutex_unlock(&kevent_users_lock);
}
