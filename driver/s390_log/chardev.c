// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/s390_log: the records for user space
 */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "log.h"

/**
 * struct s390_log_file - one open file
 * @seen:	the last number that needs no POLLIN
 * @threshold:	so many later ones need it
 */
struct s390_log_file {
	u64	seen;
	u64	threshold;
};

/* Guards who consumes, what it demands, and each act of consuming. */
static DEFINE_MUTEX(s390_log_consumer_lock);
static struct s390_log_file *s390_log_consumer;
static u32 s390_log_demand;

/**
 * s390_log_demanded() - shall an event be made that costs I/O?
 * @event:	one of KEVENT_S390_ON_DEMAND
 *
 * From any context. The answer may change at any time.
 *
 * Return: true if the consumer asks for it
 */
bool s390_log_demanded(u32 event)
{
	return READ_ONCE(s390_log_demand) & event;
}
EXPORT_SYMBOL_GPL(s390_log_demanded);

static int s390_log_open(struct inode *inode, struct file *file)
{
	struct s390_log_file *lf;

	lf = kzalloc(sizeof(*lf), GFP_KERNEL_ACCOUNT);
	if (!lf)
		return -ENOMEM;
	lf->threshold = 1;
	file->private_data = lf;
	return nonseekable_open(inode, file);
}

static int s390_log_release(struct inode *inode, struct file *file)
{
	struct s390_log_file *lf = file->private_data;

	mutex_lock(&s390_log_consumer_lock);
	if (s390_log_consumer == lf) {
		s390_log_consumer = NULL;
		WRITE_ONCE(s390_log_demand, 0);
	}
	mutex_unlock(&s390_log_consumer_lock);
	kfree(lf);
	return 0;
}

static __poll_t s390_log_poll(struct file *file, poll_table *table)
{
	struct s390_log_file *lf = file->private_data;
	u64 at;

	poll_wait(file, &s390_log_channel.wait, table);
	at = READ_ONCE(lf->seen) + READ_ONCE(lf->threshold);
	/* Arm before looking, or an event between the two would wake nobody. */
	s390_log_wake_arm(at);
	if ((u64)atomic64_read(s390_log_channel.sequence) >= at)
		return EPOLLIN | EPOLLRDNORM | EPOLLOUT | EPOLLWRNORM;
	return EPOLLOUT | EPOLLWRNORM;		/* write() never waits */
}

static int s390_log_mmap(struct file *file, struct vm_area_struct *vma)
{
	return s390_log_channel_mmap((u64)vma->vm_pgoff << PAGE_SHIFT, vma);
}

static ssize_t s390_log_write(struct file *file, const char __user *from, size_t length,
			      loff_t *pos)
{
	char *text;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (!length || length > S390_LOG_MAX_TEXT)
		return -EINVAL;
	text = memdup_user(from, length);
	if (IS_ERR(text))
		return PTR_ERR(text);
	s390_log_emit(KEVENT_S390_TEXT, 0, 0, text, length);
	kfree(text);
	return length;
}

static long s390_log_ioctl_info(void __user *argp)
{
	struct s390_log_info info = {
		.abi_version	= S390_LOG_ABI_VERSION,
		.mode		= READ_ONCE(s390_log_channel.mode),
		.n_cpus		= nr_cpu_ids,
		.subbuf_size	= s390_log_channel.subbuf_size,
		.n_subbufs	= s390_log_channel.n_subbufs,
		.position_size	= s390_log_channel.position_size,
		.buffer_size	= s390_log_channel_buffer_size(),
		.events		= KEVENT_S390_ALL,
		.memory		= s390_log_channel_memory(),
	};

	return copy_to_user(argp, &info, sizeof(info)) ? -EFAULT : 0;
}

static long s390_log_ioctl_consumer(struct file *file)
{
	struct s390_log_file *lf = file->private_data;
	long rc = 0;

	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	mutex_lock(&s390_log_consumer_lock);
	if (s390_log_consumer && s390_log_consumer != lf)
		rc = -EBUSY;
	else
		s390_log_consumer = lf;
	mutex_unlock(&s390_log_consumer_lock);
	return rc;
}

static long s390_log_ioctl_consumed(struct s390_log_file *lf, void __user *argp)
{
	struct s390_log_consumed arg;
	long rc = -EPERM;

	if (copy_from_user(&arg, argp, sizeof(arg)))
		return -EFAULT;
	if (arg.reserved)
		return -EINVAL;
	mutex_lock(&s390_log_consumer_lock);
	if (s390_log_consumer == lf)
		rc = s390_log_channel_consume(arg.cpu, arg.consumed);
	mutex_unlock(&s390_log_consumer_lock);
	return rc;
}

static long s390_log_ioctl_taken(struct s390_log_file *lf, void __user *argp)
{
	long rc = -EPERM;
	u64 sequence;

	if (copy_from_user(&sequence, argp, sizeof(sequence)))
		return -EFAULT;
	mutex_lock(&s390_log_consumer_lock);
	if (s390_log_consumer == lf)
		rc = s390_log_channel_take(sequence);
	mutex_unlock(&s390_log_consumer_lock);
	return rc;
}

static long s390_log_ioctl_demand(struct s390_log_file *lf, void __user *argp)
{
	long rc = -EPERM;
	u32 events;

	if (copy_from_user(&events, argp, sizeof(events)))
		return -EFAULT;
	if (events & ~KEVENT_S390_ON_DEMAND)
		return -EINVAL;
	mutex_lock(&s390_log_consumer_lock);
	if (s390_log_consumer == lf) {
		WRITE_ONCE(s390_log_demand, events);
		rc = 0;
	}
	mutex_unlock(&s390_log_consumer_lock);
	return rc;
}

static long s390_log_ioctl_mode(struct file *file, void __user *argp)
{
	struct s390_log_file *lf = file->private_data;
	long rc = -EBUSY;
	u32 mode;

	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (copy_from_user(&mode, argp, sizeof(mode)))
		return -EFAULT;
	mutex_lock(&s390_log_consumer_lock);
	if (!s390_log_consumer || s390_log_consumer == lf)
		rc = s390_log_channel_set_mode(mode);
	mutex_unlock(&s390_log_consumer_lock);
	return rc;
}

/* Who sleeps in epoll on this file does not call poll() again by itself. */
static void s390_log_file_changed(const struct s390_log_file *lf)
{
	s390_log_wake_arm(READ_ONCE(lf->seen) + READ_ONCE(lf->threshold));
	s390_log_wake(atomic64_read(s390_log_channel.sequence));
}

static long s390_log_ioctl_seen(struct s390_log_file *lf, void __user *argp)
{
	u64 seen;

	if (copy_from_user(&seen, argp, sizeof(seen)))
		return -EFAULT;
	if (seen > (u64)atomic64_read(s390_log_channel.sequence))
		return -EINVAL;
	WRITE_ONCE(lf->seen, seen);
	s390_log_file_changed(lf);
	return 0;
}

static long s390_log_ioctl_threshold(struct s390_log_file *lf, void __user *argp)
{
	u64 threshold;

	if (copy_from_user(&threshold, argp, sizeof(threshold)))
		return -EFAULT;
	/* Larger ones could carry @seen over the end of the numbers. */
	if (!threshold || threshold > S32_MAX)
		return -EINVAL;
	WRITE_ONCE(lf->threshold, threshold);
	s390_log_file_changed(lf);
	return 0;
}

static long s390_log_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct s390_log_file *lf = file->private_data;
	void __user *argp = (void __user *)arg;

	switch (cmd) {
	case S390_LOG_IOC_INFO:
		return s390_log_ioctl_info(argp);
	case S390_LOG_IOC_CONSUMER:
		return s390_log_ioctl_consumer(file);
	case S390_LOG_IOC_CONSUMED:
		return s390_log_ioctl_consumed(lf, argp);
	case S390_LOG_IOC_SEEN:
		return s390_log_ioctl_seen(lf, argp);
	case S390_LOG_IOC_TAKEN:
		return s390_log_ioctl_taken(lf, argp);
	case S390_LOG_IOC_MODE:
		return s390_log_ioctl_mode(file, argp);
	case S390_LOG_IOC_THRESHOLD:
		return s390_log_ioctl_threshold(lf, argp);
	case S390_LOG_IOC_DEMAND:
		return s390_log_ioctl_demand(lf, argp);
	}
	return -ENOTTY;
}

static const struct file_operations s390_log_fops = {
	.owner		= THIS_MODULE,
	.open		= s390_log_open,
	.release	= s390_log_release,
	.poll		= s390_log_poll,
	.mmap		= s390_log_mmap,
	.write		= s390_log_write,
	.unlocked_ioctl	= s390_log_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
};

static struct miscdevice s390_log_miscdev = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "s390_log",
	.mode	= 0660,
	.fops	= &s390_log_fops,
};

int s390_log_chardev_init(void)
{
	return misc_register(&s390_log_miscdev);
}

void s390_log_chardev_exit(void)
{
	misc_deregister(&s390_log_miscdev);
}
