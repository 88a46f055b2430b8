// SPDX-License-Identifier: GPL-2.0-only
/*
 * What s390_log_emit() costs, and what it is compared with, measured here in the
 * kernel. Never installed.
 *
 * In /sys/module/s390_log_bench/parameters: set @length and @calls, write the
 * name of a work to @run, and read from @ns how long all the
 * calls took; less that of "nothing", it is what they cost. The clock is read
 * only before the first and after the last. Who pins the CPU, repeats, and takes
 * the median is tests/bench/emit_bench.cc.
 */
#define DEBUG	/* or pr_devel() is empty */

#include <linux/atomic.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/relay.h>
#include <linux/s390_log.h>
#include <linux/sizes.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#define CREATE_TRACE_POINTS
#include "s390_log_bench_trace.h"

/* The default geometry of s390_log, and so many of the longest records as fit. */
#define S390_LOG_BENCH_SUBBUF		SZ_64K
#define S390_LOG_BENCH_SUBBUFS		16
#define S390_LOG_BENCH_CALLS_MAX	900

#define S390_LOG_BENCH_LINE_MAX		960U	/* printk() and trace_printk() cut off more */
#define S390_LOG_BENCH_SPINS		300	/* some 0.8 us on Hercules */
#define S390_LOG_BENCH_WARM		300	/* spins before a run */

static unsigned int length = 64;
module_param(length, uint, 0600);
MODULE_PARM_DESC(length, "bytes of a payload, at most 1024");

static unsigned int calls = 100;
module_param(calls, uint, 0600);
MODULE_PARM_DESC(calls, "calls of one run, at most 900");

static unsigned long long ns;
module_param(ns, ullong, 0400);
MODULE_PARM_DESC(ns, "what the last run took");

/* As s390_log lays it out: relay_write() gets the bytes of the whole record. */
static struct {
	struct s390_log_record	record;
	char			text[S390_LOG_MAX_TEXT + 1];
} s390_log_bench_source;

static const char s390_log_bench_tag[] = "TEXT=";
static char s390_log_bench_variable[sizeof(s390_log_bench_tag) + S390_LOG_MAX_TEXT];
static struct rchan *s390_log_bench_rchan;
static atomic64_t s390_log_bench_sequence;

/* It has no files; see s390_log_create_buf_file(). */
static struct dentry *s390_log_bench_create_buf_file(const char *filename, struct dentry *parent,
						     umode_t mode, struct rchan_buf *buf,
						     int *is_global)
{
	return (struct dentry *)buf;
}

static int s390_log_bench_remove_buf_file(struct dentry *dentry)
{
	return 0;
}

static const struct rchan_callbacks s390_log_bench_rchan_callbacks = {
	.create_buf_file	= s390_log_bench_create_buf_file,
	.remove_buf_file	= s390_log_bench_remove_buf_file,
};

/* What is left is the loop: what every other work must be relieved of. */
static __always_inline void s390_log_bench_nothing(void)
{
	barrier();
}

static __always_inline void s390_log_bench_clock(void)
{
	ktime_get_real_ns();
}

static __always_inline void s390_log_bench_atomic(void)
{
	atomic64_inc_return(&s390_log_bench_sequence);
}

static __always_inline void s390_log_bench_relay_write(void)
{
	relay_write(s390_log_bench_rchan, &s390_log_bench_source,
		    ALIGN(sizeof(struct s390_log_record) + length, S390_LOG_ALIGN));
}

static __always_inline void s390_log_bench_emit(void)
{
	s390_log_emit(KEVENT_S390_TEXT, 0, 0, s390_log_bench_source.text, length);
}

/* The end of the text, as much of it as a line may have. */
static const char *s390_log_bench_line(void)
{
	return s390_log_bench_source.text + length - min(length, S390_LOG_BENCH_LINE_MAX);
}

static __always_inline void s390_log_bench_trace_printk(void)
{
	trace_printk("%s\n", s390_log_bench_line());
}

static __always_inline void s390_log_bench_tracepoint(void)
{
	trace_s390_log_bench_event(KEVENT_S390_TEXT, 0, s390_log_bench_source.text, length);
}

static __always_inline void s390_log_bench_printk(void)
{
	pr_devel("%s\n", s390_log_bench_line());
}

static __always_inline void s390_log_bench_uevent(void)
{
	kobject_uevent_env(&THIS_MODULE->mkobj.kobj, KOBJ_CHANGE,
			   (char *[]){ s390_log_bench_variable, NULL });
}

/*
 * Hercules gives each reading of its clock a time of its own: read more often, it
 * runs ahead and then stands still. So calls that read it must be apart.
 */
static __always_inline void s390_log_bench_spin(void)
{
	unsigned int i;

	for (i = 0; i < S390_LOG_BENCH_SPINS; i++)
		barrier();
}

/* Inlined, with the work: an indirect call costs QEMU more or less, as its caches will. */
static __always_inline u64 s390_log_bench_time(void (*work)(void))
{
	unsigned int left = calls;
	unsigned int i;
	u64 start;

	/* A machine that was idle is slow at first. */
	for (i = 0; i < S390_LOG_BENCH_WARM; i++)
		s390_log_bench_spin();
	work();
	start = ktime_get_ns();
	while (left--) {
		s390_log_bench_spin();
		work();
	}
	return ktime_get_ns() - start;
}

static int s390_log_bench_work(const char *name)
{
	if (sysfs_streq(name, "nothing"))
		ns = s390_log_bench_time(s390_log_bench_nothing);
	else if (sysfs_streq(name, "clock"))
		ns = s390_log_bench_time(s390_log_bench_clock);
	else if (sysfs_streq(name, "atomic"))
		ns = s390_log_bench_time(s390_log_bench_atomic);
	else if (sysfs_streq(name, "relay_write"))
		ns = s390_log_bench_time(s390_log_bench_relay_write);
	else if (sysfs_streq(name, "emit"))
		ns = s390_log_bench_time(s390_log_bench_emit);
	else if (sysfs_streq(name, "trace_printk"))
		ns = s390_log_bench_time(s390_log_bench_trace_printk);
	else if (sysfs_streq(name, "tracepoint"))
		ns = s390_log_bench_time(s390_log_bench_tracepoint);
	else if (sysfs_streq(name, "printk"))
		ns = s390_log_bench_time(s390_log_bench_printk);
	else if (sysfs_streq(name, "uevent"))
		ns = s390_log_bench_time(s390_log_bench_uevent);
	else
		return -EINVAL;
	return 0;
}

static int s390_log_bench_run(const char *name, const struct kernel_param *param)
{
	if (length > S390_LOG_MAX_TEXT || !calls || calls > S390_LOG_BENCH_CALLS_MAX)
		return -ERANGE;
	memset(s390_log_bench_source.text, 'x', length);
	s390_log_bench_source.text[length] = '\0';
	snprintf(s390_log_bench_variable, sizeof(s390_log_bench_variable), "%s%s",
		 s390_log_bench_tag, s390_log_bench_source.text);
	/* Room for all that this run can write: it drops nothing. */
	relay_subbufs_consumed(s390_log_bench_rchan, raw_smp_processor_id(),
			       S390_LOG_BENCH_SUBBUFS);
	return s390_log_bench_work(name);
}

static const struct kernel_param_ops s390_log_bench_run_ops = { .set = s390_log_bench_run };
module_param_cb(run, &s390_log_bench_run_ops, NULL, 0200);
MODULE_PARM_DESC(run, "the name of the work to do, now");

static int __init s390_log_bench_init(void)
{
	s390_log_bench_rchan = relay_open(NULL, NULL, S390_LOG_BENCH_SUBBUF,
					  S390_LOG_BENCH_SUBBUFS, &s390_log_bench_rchan_callbacks,
					  NULL);
	return s390_log_bench_rchan ? 0 : -ENOMEM;
}

static void __exit s390_log_bench_exit(void)
{
	relay_close(s390_log_bench_rchan);
}

module_init(s390_log_bench_init);
module_exit(s390_log_bench_exit);

MODULE_DESCRIPTION("What s390_log_emit() costs");
MODULE_LICENSE("GPL");
