// SPDX-License-Identifier: GPL-2.0-only
/*
 * Emitting an event: the writer's side of the exact-order protocol
 *
 * W1 to W5 are the steps of <uapi/linux/s390_log.h>; tests/model/order.pml has the proof.
 */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include <linux/string.h>

#include "log.h"

static void s390_log_write_record(unsigned int cpu, const struct s390_log_record *record,
				  const void *payload)
{
	struct s390_log_cpu *words = &s390_log_channel.cpus[cpu];
	size_t space = ALIGN(record->length, S390_LOG_ALIGN);
	size_t length = record->length - sizeof(*record);
	void *to;

	to = s390_log_channel_reserve(cpu, space);
	if (to) {
		memcpy(to, record, sizeof(*record));
		memcpy(to + sizeof(*record), payload, length);
		memset(to + record->length, 0, space - record->length);
		WRITE_ONCE(words->records, words->records + 1);
	} else {
		WRITE_ONCE(words->lost, words->lost + 1);
	}
	s390_log_channel_publish(cpu);
}

/**
 * s390_log_emit() - an event has happened
 * @event:	one of KEVENT_S390_*
 * @device:	S390_LOG_DEVICE(), or 0
 * @flags:	S390_LOG_INFERRED, S390_LOG_TRUNCATED, or 0
 * @payload:	what goes with it
 * @length:	bytes of @payload, at most S390_LOG_MAX_PAYLOAD
 *
 * Return: the event's number; 0 if the call itself was wrong, and nothing was
 * emitted
 */
u64 s390_log_emit(u32 event, u32 device, u16 flags, const void *payload, size_t length)
{
	struct s390_log_record record = {
		.length	= sizeof(record) + length,
		.event	= event,
		.device	= device,
		.flags	= flags,
	};
	struct s390_log_cpu *words;
	unsigned long irqflags;

	if (WARN_ON_ONCE(in_nmi() || length > S390_LOG_MAX_PAYLOAD ||
			 !is_power_of_2(event) || event & ~KEVENT_S390_ALL))
		return 0;

	local_irq_save(irqflags);
	record.cpu = smp_processor_id();
	words = &s390_log_channel.cpus[record.cpu];
	/*
	 * W1, W2. The increment is a full barrier: a reader that finds our number
	 * in the sequence (R1) finds our pending word, too (R2). A reader that finds
	 * this word instead of the 0 of our last event's W5 must find all that came
	 * before that, so it is a release as that is.
	 */
	smp_store_release(&words->pending, atomic64_read(s390_log_channel.sequence) + 1);
	record.sequence = atomic64_inc_return(s390_log_channel.sequence);
	record.time_ns = ktime_get_real_ns();
	s390_log_write_record(record.cpu, &record, payload);	/* W3 */
	s390_log_notify(event, device, record.sequence);	/* W4 */
	/* W5. A reader that finds this 0 (R2) finds what W3 and W4 wrote. */
	smp_store_release(&words->pending, 0);
	/* Before anybody can take the CPU away: the event would be there, and nobody awake. */
	s390_log_wake(record.sequence);
	local_irq_restore(irqflags);
	return record.sequence;
}
EXPORT_SYMBOL_GPL(s390_log_emit);

/**
 * kevent_s390_log_notify() - an event without device and payload has happened
 * @event:	one of KEVENT_S390_*
 *
 * Return: as s390_log_emit()
 */
u64 kevent_s390_log_notify(u32 event)
{
	return s390_log_emit(event, 0, 0, NULL, 0);
}
EXPORT_SYMBOL_GPL(kevent_s390_log_notify);

/**
 * s390_log_printf() - emit a text
 * @fmt:	as for printk()
 *
 * What exceeds 255 bytes is cut off, and the record says S390_LOG_TRUNCATED.
 *
 * Return: as s390_log_emit()
 */
u64 s390_log_printf(const char *fmt, ...)
{
	char text[256];
	u16 flags = 0;
	va_list args;
	int length;

	va_start(args, fmt);
	length = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (length >= (int)sizeof(text)) {
		length = sizeof(text) - 1;
		flags = S390_LOG_TRUNCATED;
	}
	return s390_log_emit(KEVENT_S390_TEXT, 0, flags, text, length);
}
EXPORT_SYMBOL_GPL(s390_log_printf);
