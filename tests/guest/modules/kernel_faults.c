// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults on purpose: that the debug kernels notice them is tested, or their silence
 * would mean nothing. What is written to
 * /sys/module/kernel_faults/parameters/commit names the fault. Never installed,
 * and not for a kernel that is to live on.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>

#define KERNEL_FAULTS_RACES	200000

static DEFINE_MUTEX(kernel_faults_one);
static DEFINE_MUTEX(kernel_faults_other);
static DEFINE_SPINLOCK(kernel_faults_lock);
static void *kernel_faults_lost;
static u64 kernel_faults_word;
static u64 kernel_faults_sink;

static void kernel_faults_use_after_free(void)
{
	u64 *freed = kmalloc(64, GFP_KERNEL);
	u64 *kept = freed;

	/* Or the compiler would see it. */
	OPTIMIZER_HIDE_VAR(kept);
	kfree(freed);
	WRITE_ONCE(kernel_faults_sink, READ_ONCE(*kept));
}

static void kernel_faults_leak(void)
{
	int i;

	/* One may be remembered by chance: in a register, on a stack. */
	for (i = 0; i < 10; i++)
		WRITE_ONCE(kernel_faults_lost, kmalloc(128, GFP_KERNEL));
	WRITE_ONCE(kernel_faults_lost, NULL);
}

static void kernel_faults_sleep(void)
{
	void *memory;

	spin_lock(&kernel_faults_lock);
	memory = kmalloc(64, GFP_KERNEL);
	spin_unlock(&kernel_faults_lock);
	kfree(memory);
}

static void kernel_faults_order(void)
{
	mutex_lock(&kernel_faults_one);
	mutex_lock(&kernel_faults_other);
	mutex_unlock(&kernel_faults_other);
	mutex_unlock(&kernel_faults_one);
	mutex_lock(&kernel_faults_other);
	mutex_lock(&kernel_faults_one);
	mutex_unlock(&kernel_faults_one);
	mutex_unlock(&kernel_faults_other);
}

static void kernel_faults_tick(struct timer_list *timer)
{
}

/* A timer that runs is freed. */
static void kernel_faults_object(void)
{
	struct timer_list *timer = kmalloc(sizeof(*timer), GFP_KERNEL);

	timer_setup(timer, kernel_faults_tick, 0);
	mod_timer(timer, jiffies + 1000 * HZ);
	kfree(timer);
}

static int kernel_faults_racer(void *unused)
{
	int i;

	for (i = 0; i < KERNEL_FAULTS_RACES; i++) {
		kernel_faults_word++;
		if (!(i % 1024))
			cond_resched();
	}
	while (!kthread_should_stop())
		msleep(20);
	return 0;
}

static void kernel_faults_race(void)
{
	struct task_struct *racer[2];
	int i;

	for (i = 0; i < 2; i++)
		racer[i] = kthread_run(kernel_faults_racer, NULL, "kernel_faults");
	for (i = 0; i < 2; i++)
		if (!IS_ERR(racer[i]))
			kthread_stop(racer[i]);
}

static const struct {
	const char *name;
	void (*commit)(void);
} kernel_faults[] = {
	{ "use-after-free", kernel_faults_use_after_free },
	{ "leak", kernel_faults_leak },
	{ "sleep", kernel_faults_sleep },
	{ "lock-order", kernel_faults_order },
	{ "object", kernel_faults_object },
	{ "race", kernel_faults_race },
};

static int kernel_faults_commit(const char *value, const struct kernel_param *param)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kernel_faults); i++) {
		if (sysfs_streq(value, kernel_faults[i].name)) {
			kernel_faults[i].commit();
			return 0;
		}
	}
	return -EINVAL;
}

static const struct kernel_param_ops kernel_faults_ops = { .set = kernel_faults_commit };
module_param_cb(commit, &kernel_faults_ops, NULL, 0200);

static int __init kernel_faults_init(void)
{
	return 0;
}

static void __exit kernel_faults_exit(void)
{
}

module_init(kernel_faults_init);
module_exit(kernel_faults_exit);

MODULE_DESCRIPTION("Faults on purpose, for tests of debug kernels");
MODULE_LICENSE("GPL");
