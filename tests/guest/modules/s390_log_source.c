// SPDX-License-Identifier: GPL-2.0-only
/*
 * A source of events for the tests: what is written to
 * /sys/module/s390_log_source/parameters becomes events of the CPU on which the
 * writer runs. Never installed.
 */
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/module.h>
#include <linux/s390_log.h>
#include <linux/sched.h>
#include <linux/string.h>

#define S390_LOG_SOURCE_MAX	10000000
#define S390_LOG_SOURCE_WORDS	128

/*
 * flood: "COUNT WORDS FIRST": COUNT text events whose payload is WORDS times one
 * 64-bit number, which is FIRST in the first of them and then rises.
 */
static int s390_log_source_flood(const char *value, const struct kernel_param *param)
{
	u64 payload[S390_LOG_SOURCE_WORDS];
	unsigned int i, count, words;
	u64 first;

	if (sscanf(value, "%u %u %llu", &count, &words, &first) != 3)
		return -EINVAL;
	if (count > S390_LOG_SOURCE_MAX || !words || words > ARRAY_SIZE(payload))
		return -ERANGE;
	for (i = 0; i < count; i++) {
		memset64(payload, first + i, words);
		s390_log_emit(KEVENT_S390_TEXT, 0, 0, payload, words * sizeof(u64));
		if (!(i % 1024))
			cond_resched();
	}
	return 0;
}

/* "COUNT FIRST": so many texts, each with its number. */
static int s390_log_source_texts(const char *value, void (*emit)(const char *text, int length))
{
	unsigned int i, count;
	char text[80];
	u64 first;

	if (sscanf(value, "%u %llu", &count, &first) != 2)
		return -EINVAL;
	if (count > S390_LOG_SOURCE_MAX)
		return -ERANGE;
	for (i = 0; i < count; i++) {
		emit(text, scnprintf(text, sizeof(text),
				     "Tape mounted on drive 0.0.0580 (3490), read-write %010llu",
				     first + i));
		if (!(i % 1024))
			cond_resched();
	}
	return 0;
}

static void s390_log_source_emit_text(const char *text, int length)
{
	s390_log_emit(KEVENT_S390_TEXT, 0, 0, text, length);
}

static void s390_log_source_print_text(const char *text, int length)
{
	pr_info("%.*s\n", length, text);
}

/* texts: as text events; printk: the same for the kernel's log. */
static int s390_log_source_emit(const char *value, const struct kernel_param *param)
{
	return s390_log_source_texts(value, s390_log_source_emit_text);
}

static int s390_log_source_print(const char *value, const struct kernel_param *param)
{
	return s390_log_source_texts(value, s390_log_source_print_text);
}

/* printf: the text, through s390_log_printf(). */
static int s390_log_source_printf(const char *value, const struct kernel_param *param)
{
	s390_log_printf("%s", value);
	return 0;
}

/* notify: an event without a payload. */
static int s390_log_source_notify(const char *value, const struct kernel_param *param)
{
	u32 event;
	int rc;

	rc = kstrtou32(value, 0, &event);
	if (!rc)
		kevent_s390_log_notify(event);
	return rc;
}

static const struct kernel_param_ops s390_log_source_flood_ops = { .set = s390_log_source_flood };
static const struct kernel_param_ops s390_log_source_texts_ops = { .set = s390_log_source_emit };
static const struct kernel_param_ops s390_log_source_printk_ops = { .set = s390_log_source_print };
static const struct kernel_param_ops s390_log_source_printf_ops = { .set = s390_log_source_printf };
static const struct kernel_param_ops s390_log_source_notify_ops = { .set = s390_log_source_notify };

module_param_cb(flood, &s390_log_source_flood_ops, NULL, 0200);
module_param_cb(texts, &s390_log_source_texts_ops, NULL, 0200);
module_param_cb(printk, &s390_log_source_printk_ops, NULL, 0200);
module_param_cb(printf, &s390_log_source_printf_ops, NULL, 0200);
module_param_cb(notify, &s390_log_source_notify_ops, NULL, 0200);

MODULE_DESCRIPTION("Events of s390_log for tests");
MODULE_LICENSE("GPL");
