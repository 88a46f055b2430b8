// SPDX-License-Identifier: GPL-2.0-only
/*
 * Emitting an event: the writer's side of the exact-order protocol
 *
 * W1 to W5 are the steps of <uapi/linux/s390_log.h>; tests/model/order.pml has the proof.
 */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/string.h>

#include "log.h"

static __always_inline void s390_log_write_record(struct s390_log_writer *writer,
						  const struct s390_log_record *record,
						  const void *payload, size_t length)
{
	const size_t space = ALIGN(sizeof(*record) + length, S390_LOG_ALIGN);
	struct s390_log_record *to;

	to = s390_log_channel_reserve(writer, space);
	if (unlikely(!to))
		return;
	/* What the payload leaves of its last word is 0. */
	if (length % S390_LOG_ALIGN)
		*(u64 *)((void *)to + space - sizeof(u64)) = 0;
	/* In overwrite mode somebody may be looking at what was here before. */
	WRITE_ONCE(to->length, record->length);
	WRITE_ONCE(to->event, record->event);
	WRITE_ONCE(to->sequence, record->sequence);
	WRITE_ONCE(to->time_ns, record->time_ns);
	WRITE_ONCE(to->device, record->device);
	WRITE_ONCE(to->cpu, record->cpu);
	WRITE_ONCE(to->flags, record->flags);
	if (length)
		memcpy(to + 1, payload, length);
	s390_log_channel_commit(writer->words, space);
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
	atomic64_t *numbers = s390_log_channel.sequence;
	struct s390_log_record record = {
		.length	= sizeof(record) + length,
		.event	= event,
		.device	= device,
		.flags	= flags,
	};
	struct s390_log_writer *writer;
	unsigned long irqflags;

	/* The event must be one bit, and one that we know. */
	if (WARN_ON_ONCE(in_nmi()) ||
	    WARN_ON_ONCE(!event || event & ((event - 1) | ~KEVENT_S390_ALL)) ||
	    WARN_ON_ONCE(length > S390_LOG_MAX_PAYLOAD))
		return 0;

	local_irq_save(irqflags);
	writer = this_cpu_ptr(&s390_log_writer);
	record.cpu = writer->cpu;
	/*
	 * W1, W2. The increment is a full barrier: a reader that finds our number
	 * in the sequence (R1) finds our pending word, too (R2). A reader that finds
	 * this word instead of the 0 of our last event's W5 must find all that came
	 * before that, so it is a release as that is.
	 */
	smp_store_release(&writer->words->pending, atomic64_read(numbers) + 1);
	record.sequence = atomic64_inc_return(numbers);
	record.time_ns = s390_log_clock_ns(&writer->clock);
	s390_log_write_record(writer, &record, payload, length);	/* W3 */
	s390_log_notify(event, device, record.sequence);		/* W4 */
	/* W5. A reader that finds this 0 (R2) finds what W3 and W4 wrote. */
	smp_store_release(&writer->words->pending, 0);
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
