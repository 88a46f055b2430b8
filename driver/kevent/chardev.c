// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/kevent: each open file is a queue
 *
 * Only plumbing: arguments come in, are handed on, and results go back.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "queue.h"

static_assert(sizeof(struct kevent_id) == 8);
static_assert(sizeof(struct ukevent) == 40);
static_assert(offsetof(struct ukevent, type) == 8);
static_assert(offsetof(struct ukevent, event) == 12);
static_assert(offsetof(struct ukevent, req_flags) == 16);
static_assert(offsetof(struct ukevent, ret_flags) == 20);
static_assert(offsetof(struct ukevent, ret_data) == 24);
static_assert(offsetof(struct ukevent, user) == 32);
static_assert(sizeof(struct kevent_ring) == 64);
static_assert(offsetof(struct kevent_ring, event) == 64);

static int kevent_open(struct inode *inode, struct file *file)
{
	struct kevent_queue *q;

	q = kevent_queue_create();
	if (IS_ERR(q))
		return PTR_ERR(q);
	file->private_data = q;
	return nonseekable_open(inode, file);
}

static int kevent_release(struct inode *inode, struct file *file)
{
	kevent_queue_close(file->private_data);
	return 0;
}

static __poll_t kevent_poll(struct file *file, poll_table *table)
{
	struct kevent_queue *q = file->private_data;

	poll_wait(file, &q->wait, table);
	/* Either we see what is ready, or wq_has_sleeper() sees us. */
	smp_mb();
	if (READ_ONCE(q->nr_ready) || kevent_ring_unread(q))
		return EPOLLIN | EPOLLRDNORM;
	return 0;
}

static int kevent_mmap(struct file *file, struct vm_area_struct *vma)
{
	return kevent_ring_mmap(file->private_data, vma);
}

static void kevent_fail(struct ukevent *uk, int rc)
{
	uk->ret_flags |= KEVENT_RET_BROKEN;
	uk->ret_data[1] = -rc;
}

/* Returns how many entries are ready or broken; they are at the front then. */
static long kevent_ctl_add(struct kevent_queue *q, u32 num, struct ukevent *uk)
{
	u32 i, front = 0;
	int rc;

	for (i = 0; i < num; i++) {
		uk[i].ret_flags = 0;
		uk[i].ret_data[0] = 0;
		uk[i].ret_data[1] = 0;
		rc = kevent_request_add(q, &uk[i]);
		if (!rc)
			continue;
		uk[i].ret_flags = KEVENT_RET_DONE;
		if (rc < 0)
			kevent_fail(&uk[i], rc);
		swap(uk[i], uk[front]);
		front++;
	}
	return front;
}

static void kevent_ctl_each(struct kevent_queue *q, u32 num, struct ukevent *uk,
			    int (*act)(struct kevent_queue *q, struct ukevent *uk))
{
	u32 i;
	int rc;

	for (i = 0; i < num; i++) {
		uk[i].ret_flags = KEVENT_RET_DONE;
		rc = act(q, &uk[i]);
		if (rc)
			kevent_fail(&uk[i], rc);
	}
}

/* Returns how many became ready, or were: those are counted as repeats. */
static long kevent_ctl_ready(struct kevent_queue *q, u32 num, struct ukevent *uk)
{
	u32 i, marked = 0;
	int rc;

	if (!num)
		kevent_wait_kick(q);
	for (i = 0; i < num; i++) {
		rc = kevent_request_ready(q, &uk[i]);
		uk[i].ret_flags = KEVENT_RET_DONE;
		if (rc)
			kevent_fail(&uk[i], rc);
		else
			marked++;
	}
	return marked;
}

static long kevent_ctl_run(struct kevent_queue *q, u32 cmd, u32 num, struct ukevent *uk)
{
	long rc = 0;

	if (mutex_lock_killable(&q->lock))
		return -EINTR;
	switch (cmd) {
	case KEVENT_CTL_ADD:
		rc = kevent_ctl_add(q, num, uk);
		break;
	case KEVENT_CTL_REMOVE:
		kevent_ctl_each(q, num, uk, kevent_request_remove);
		break;
	case KEVENT_CTL_MODIFY:
		kevent_ctl_each(q, num, uk, kevent_request_modify);
		break;
	case KEVENT_CTL_READY:
		rc = kevent_ctl_ready(q, num, uk);
		break;
	}
	mutex_unlock(&q->lock);
	return rc;
}

static long kevent_ioctl_ctl(struct kevent_queue *q, void __user *argp)
{
	struct ukevent __user *user;
	struct kevent_ctl_arg arg;
	struct ukevent *uk;
	size_t bytes;
	long rc;

	if (copy_from_user(&arg, argp, sizeof(arg)))
		return -EFAULT;
	if (arg.cmd > KEVENT_CTL_READY)
		return -EINVAL;
	if (arg.num > KEVENT_MAX_CTL)
		return -E2BIG;
	if (!arg.num)
		return kevent_ctl_run(q, arg.cmd, 0, NULL);
	user = u64_to_user_ptr(arg.events);
	bytes = arg.num * sizeof(*uk);
	uk = vmemdup_user(user, bytes);
	if (IS_ERR(uk))
		return PTR_ERR(uk);
	/* Memory that can't be written must be found before anything changes. */
	rc = -EFAULT;
	if (copy_to_user(user, uk, bytes))
		goto out;
	rc = kevent_ctl_run(q, arg.cmd, arg.num, uk);
	if (copy_to_user(user, uk, bytes))
		rc = -EFAULT;
out:
	kvfree(uk);
	return rc;
}

static long kevent_ioctl_info(void __user *argp)
{
	struct kevent_info info = {
		.abi_version		= KEVENT_ABI_VERSION,
		.ukevent_size		= sizeof(struct ukevent),
		.ring_header_size	= sizeof(struct kevent_ring),
		.max_requests		= KEVENT_MAX_REQUESTS,
		.max_ctl		= KEVENT_MAX_CTL,
		.max_ring		= KEVENT_MAX_RING,
		.types			= kevent_type_mask(),
	};

	return copy_to_user(argp, &info, sizeof(info)) ? -EFAULT : 0;
}

static long kevent_ioctl_stat(struct kevent_queue *q, void __user *argp)
{
	struct kevent_stat stat;
	struct kevent *k = NULL;
	long rc = 0;

	if (copy_from_user(&stat, argp, sizeof(stat)))
		return -EFAULT;
	if (stat.reserved)
		return -EINVAL;
	if (mutex_lock_killable(&q->lock))
		return -EINTR;
	if (stat.type != KEVENT_MAX) {
		k = kevent_request_find(q, stat.type, stat.id);
		if (!k)
			rc = -ENOENT;
	}
	spin_lock_irq(&q->ready_lock);
	stat.requests = q->nr_requests;
	stat.ready = q->nr_ready;
	stat.delivered = q->delivered;
	stat.coalesced = atomic64_read(&q->coalesced);
	stat.request_coalesced = k ? atomic64_read(&k->coalesced) : 0;
	spin_unlock_irq(&q->ready_lock);
	mutex_unlock(&q->lock);
	if (!rc && copy_to_user(argp, &stat, sizeof(stat)))
		rc = -EFAULT;
	return rc;
}

static long kevent_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct kevent_queue *q = file->private_data;
	void __user *argp = (void __user *)arg;
	union {
		struct kevent_init_arg		init;
		struct kevent_wait_arg		wait;
		struct kevent_get_arg		get;
		struct kevent_commit_arg	commit;
	} u;

	switch (cmd) {
	case KEVENT_IOC_INFO:
		return kevent_ioctl_info(argp);
	case KEVENT_IOC_CTL:
		return kevent_ioctl_ctl(q, argp);
	case KEVENT_IOC_STAT:
		return kevent_ioctl_stat(q, argp);
	case KEVENT_IOC_INIT:
	case KEVENT_IOC_WAIT:
	case KEVENT_IOC_GET_EVENTS:
	case KEVENT_IOC_COMMIT:
		if (copy_from_user(&u, argp, _IOC_SIZE(cmd)))
			return -EFAULT;
		break;
	default:
		return -ENOTTY;
	}
	if (cmd == KEVENT_IOC_INIT)
		return kevent_ring_create(q, &u.init);
	if (cmd == KEVENT_IOC_WAIT)
		return kevent_wait_ring(q, &u.wait);
	if (cmd == KEVENT_IOC_GET_EVENTS)
		return kevent_wait_events(q, &u.get);
	return kevent_ring_commit(q, &u.commit);
}

static const struct file_operations kevent_fops = {
	.owner		= THIS_MODULE,
	.open		= kevent_open,
	.release	= kevent_release,
	.poll		= kevent_poll,
	.mmap		= kevent_mmap,
	.unlocked_ioctl	= kevent_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
};

static struct miscdevice kevent_miscdev = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "kevent",
	.mode	= 0660,
	.fops	= &kevent_fops,
};

int kevent_chardev_init(void)
{
	return misc_register(&kevent_miscdev);
}

void kevent_chardev_exit(void)
{
	misc_deregister(&kevent_miscdev);
}
