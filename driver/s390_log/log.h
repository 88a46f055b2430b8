/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of s390_log, and what they know of each other
 *
 * There is one channel. Its words live in the position area, which user space
 * maps read-only; <uapi/linux/s390_log.h> says what they mean and in which
 * order they are written. Each struct s390_log_cpu is written by its own CPU
 * with interrupts off, but for @consumed, which is the consumer's, as is @taken
 * of the position area.
 */
#ifndef _S390_LOG_LOG_H
#define _S390_LOG_LOG_H

#include <linux/atomic.h>
#include <linux/percpu.h>
#include <linux/s390_log.h>
#include <linux/wait.h>

#include <asm/timex.h>

struct rchan_buf;
struct vm_area_struct;

/**
 * struct s390_log_channel - the relay channel
 * @rchan:		the kernel's relay channel, one buffer per CPU
 * @position:		the position area
 * @position_size:	its bytes, whole pages
 * @sequence:		the number of the last event; within @position
 * @cpus:		the words of each CPU; within @position
 * @subbuf_size:	bytes
 * @n_subbufs:		per CPU
 * @mode:		S390_LOG_NO_OVERWRITE or S390_LOG_OVERWRITE
 * @wait:		who polls for events
 * @wake_at:		the number at which they are to be woken; S64_MAX if nobody waits
 */
struct s390_log_channel {
	struct rchan			*rchan;
	struct s390_log_position	*position;
	unsigned long			position_size;
	atomic64_t			*sequence;
	struct s390_log_cpu		*cpus;
	u32				subbuf_size;
	u32				n_subbufs;
	u32				mode;
	wait_queue_head_t		wait;
	atomic64_t			wake_at;
};

extern struct s390_log_channel s390_log_channel;

#define S390_LOG_TOD_US		4096UL		/* what the TOD clock counts in 1 us */
#define S390_LOG_CLOCK_TRUST	(1000 * S390_LOG_TOD_US)

/**
 * struct s390_log_clock - what a CPU remembers of the time, see clock.c
 * @tod:	a value of the TOD clock
 * @ns:		nanoseconds since the epoch at that moment
 */
struct s390_log_clock {
	u64	tod;
	u64	ns;
};

/**
 * struct s390_log_writer - what a CPU needs to write its next record
 * @words:	its words in the position area
 * @to:		where the record goes if there is room; NULL if relay is to be asked
 * @left:	bytes of room behind @to in this sub-buffer
 * @clock:	what it remembers of the time
 * @cpu:	its number
 *
 * For this CPU alone, with interrupts off. While it writes within a sub-buffer, relay's
 * own offset stays behind.
 */
struct s390_log_writer {
	struct s390_log_cpu	*words;
	void			*to;
	size_t			left;
	struct s390_log_clock	clock;
	u16			cpu;
};

DECLARE_PER_CPU(struct s390_log_writer, s390_log_writer);

/* channel.c */
int s390_log_channel_open(void);
void s390_log_channel_close(void);
void *s390_log_channel_switch(struct s390_log_writer *writer, size_t space);
int s390_log_channel_consume(unsigned int cpu, u64 consumed);
int s390_log_channel_take(u64 sequence);
int s390_log_channel_set_mode(u32 mode);
u64 s390_log_channel_memory(void);
int s390_log_channel_mmap(u64 offset, struct vm_area_struct *vma);
unsigned long s390_log_channel_buffer_size(void);

/* subbuf.c */
int s390_log_subbuf_start(struct rchan_buf *buf, void *subbuf, void *prev_subbuf);

/* clock.c */
u64 s390_log_clock_ask(struct s390_log_clock *clock);

/* wake.c */
void s390_log_wake_all(u64 sequence);
void s390_log_wake_arm(u64 sequence);

/* notify.c */
int s390_log_notify_init(void);
void s390_log_notify_exit(void);
void s390_log_notify_all(u32 event, u32 device, u64 sequence);

/* The events that anybody may ask for. */
extern u32 s390_log_wanted;

/*
 * What each event does, in the caller: s390_log_emit() calls out only if there is
 * something to do.
 */

/**
 * s390_log_clock_ns() - the time
 * @clock:	of this CPU; interrupts are off
 *
 * Return: nanoseconds since the epoch
 */
static __always_inline u64 s390_log_clock_ns(struct s390_log_clock *clock)
{
	u64 passed = get_tod_clock_fast() - clock->tod;

	if (unlikely(passed >= S390_LOG_CLOCK_TRUST))
		return s390_log_clock_ask(clock);
	return clock->ns + passed * 1000 / S390_LOG_TOD_US;
}

/**
 * s390_log_channel_reserve() - room for a record
 * @writer:	of this CPU; interrupts are off
 * @space:	bytes, a multiple of S390_LOG_ALIGN
 *
 * Return: where to write, or NULL if the record must be dropped, which is counted
 */
static __always_inline void *s390_log_channel_reserve(struct s390_log_writer *writer, size_t space)
{
	void *to = writer->to;

	if (unlikely(space > writer->left))
		return s390_log_channel_switch(writer, space);
	writer->to = to + space;
	writer->left -= space;
	return to;
}

/**
 * s390_log_channel_commit() - tell readers of a record
 * @words:	of this CPU; interrupts are off
 * @space:	what was reserved for it
 */
static __always_inline void s390_log_channel_commit(struct s390_log_cpu *words, size_t space)
{
	WRITE_ONCE(words->records, words->records + 1);
	/* The record before the position; pairs with R3. See tests/model/order.pml. */
	smp_store_release(&words->position, words->position + space);
}

/**
 * s390_log_notify() - make the kevents of an event ready
 * @event:	one of KEVENT_S390_*
 * @device:	S390_LOG_DEVICE(), or 0
 * @sequence:	its number
 */
static __always_inline void s390_log_notify(u32 event, u32 device, u64 sequence)
{
	if (READ_ONCE(s390_log_wanted) & event)
		s390_log_notify_all(event, device, sequence);
}

/**
 * s390_log_wake() - an event was emitted
 * @sequence:	its number
 */
static __always_inline void s390_log_wake(u64 sequence)
{
	if (unlikely((s64)sequence >= atomic64_read(&s390_log_channel.wake_at)))
		s390_log_wake_all(sequence);
}

/* chardev.c */
int s390_log_chardev_init(void);
void s390_log_chardev_exit(void);

#endif /* _S390_LOG_LOG_H */
