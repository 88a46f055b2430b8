// SPDX-License-Identifier: GPL-2.0-only
/*
 * The relay channel: one buffer per CPU, and the position area
 *
 * relay allocates the buffers, also for CPUs that come online later, switches
 * sub-buffers and counts what was produced and consumed. It does not tell
 * readers how far the current sub-buffer is written, keeps no count of what it
 * drops, and its files need debugfs: hence the position area and our own device.
 *
 * A buffer is written only by its CPU with interrupts off. Consuming is
 * serialised by the caller.
 */
#include <linux/cpu.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/rcupdate.h>
#include <linux/relay.h>
#include <linux/string.h>
#include <linux/uuid.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "log.h"
#include "relay_compat.h"

#define S390_LOG_MIN_SUBBUF	SZ_4K
#define S390_LOG_MAX_SUBBUF	SZ_4M
#define S390_LOG_MIN_SUBBUFS	2
#define S390_LOG_MAX_BUFFER	SZ_64M		/* bytes per CPU */

static unsigned int subbuf_size = SZ_64K;
module_param(subbuf_size, uint, 0444);
MODULE_PARM_DESC(subbuf_size, "bytes of a sub-buffer, a power of two from 4096 to 4194304");

static unsigned int n_subbufs = 16;
module_param(n_subbufs, uint, 0444);
MODULE_PARM_DESC(n_subbufs, "sub-buffers per CPU, from 2 to 64 MiB in all");

static char *s390_log_mode = "no-overwrite";
module_param_named(mode, s390_log_mode, charp, 0444);
MODULE_PARM_DESC(mode, "what a full buffer does at first: no-overwrite or overwrite");

struct s390_log_channel s390_log_channel = {
	.wait		= __WAIT_QUEUE_HEAD_INITIALIZER(s390_log_channel.wait),
	.wake_at	= ATOMIC64_INIT(S64_MAX),
};

static_assert(sizeof(struct s390_log_record) == 32);
static_assert(offsetof(struct s390_log_record, device) == 0x18);
static_assert(sizeof(struct s390_log_position) == 256);
static_assert(offsetof(struct s390_log_position, taken) == 0x28);
static_assert(offsetof(struct s390_log_position, sequence) == 0x80);
static_assert(sizeof(struct s390_log_cpu) == 256);
static_assert(sizeof(((struct s390_log_position *)0)->sequence) == sizeof(atomic64_t));
/* relay counts sub-buffers in size_t; our words are 64 bits, read without a lock. */
static_assert(sizeof(size_t) == sizeof(u64));
/* The largest record fits into the smallest sub-buffer. */
static_assert(sizeof(struct s390_log_subbuf) + sizeof(struct s390_log_record) +
	      S390_LOG_MAX_PAYLOAD <= S390_LOG_MIN_SUBBUF);

DEFINE_PER_CPU(struct s390_log_writer, s390_log_writer);

static struct rchan_buf *s390_log_channel_buf(unsigned int cpu)
{
	return READ_ONCE(*per_cpu_ptr(s390_log_channel.rchan->buf, cpu));
}

/*
 * The channel has no files, but relay asks for one all the same, only to see
 * whether that failed: it does not keep what it gets from a channel without a
 * base name. So anything will do that is neither NULL nor an error.
 */
static struct dentry *s390_log_create_buf_file(const char *filename, struct dentry *parent,
					       umode_t mode, struct rchan_buf *buf,
					       int *is_global)
{
	return (struct dentry *)buf;
}

static int s390_log_remove_buf_file(struct dentry *dentry)
{
	return 0;
}

static const struct rchan_callbacks s390_log_rchan_callbacks = {
	.subbuf_start		= S390_LOG_RELAY_SUBBUF_START,
	.create_buf_file	= s390_log_create_buf_file,
	.remove_buf_file	= s390_log_remove_buf_file,
};

static int s390_log_channel_check(void)
{
	if (!is_power_of_2(subbuf_size) || subbuf_size < S390_LOG_MIN_SUBBUF ||
	    subbuf_size > S390_LOG_MAX_SUBBUF) {
		pr_err("s390_log: subbuf_size=%u is not a power of two from %u to %u\n",
		       subbuf_size, S390_LOG_MIN_SUBBUF, S390_LOG_MAX_SUBBUF);
		return -EINVAL;
	}
	if (n_subbufs < S390_LOG_MIN_SUBBUFS || n_subbufs > S390_LOG_MAX_BUFFER / subbuf_size) {
		pr_err("s390_log: n_subbufs=%u is not from %u to %u for sub-buffers of %u bytes\n",
		       n_subbufs, S390_LOG_MIN_SUBBUFS, S390_LOG_MAX_BUFFER / subbuf_size,
		       subbuf_size);
		return -EINVAL;
	}
	if (!strcmp(s390_log_mode, "overwrite")) {
		s390_log_channel.mode = S390_LOG_OVERWRITE;
	} else if (strcmp(s390_log_mode, "no-overwrite")) {
		pr_err("s390_log: mode=%s is neither no-overwrite nor overwrite\n",
		       s390_log_mode);
		return -EINVAL;
	}
	return 0;
}

static int s390_log_position_create(struct s390_log_channel *channel)
{
	struct s390_log_position *position;
	struct s390_log_writer *writer;
	unsigned int cpu;

	channel->position_size = PAGE_ALIGN(sizeof(*position) +
					    nr_cpu_ids * sizeof(struct s390_log_cpu));
	position = vmalloc_user(channel->position_size);
	if (!position)
		return -ENOMEM;
	position->magic = S390_LOG_POSITION_MAGIC;
	position->version = S390_LOG_ABI_VERSION;
	position->header_size = sizeof(*position);
	position->cpu_size = sizeof(struct s390_log_cpu);
	position->n_cpus = nr_cpu_ids;
	generate_random_uuid(position->boot_id);
	channel->position = position;
	channel->sequence = (atomic64_t *)&position->sequence;
	channel->cpus = (struct s390_log_cpu *)(position + 1);
	for_each_possible_cpu(cpu) {
		writer = per_cpu_ptr(&s390_log_writer, cpu);
		writer->words = &channel->cpus[cpu];
		writer->cpu = cpu;
	}
	return 0;
}

/**
 * s390_log_channel_open() - make the channel
 *
 * Return: 0, -EINVAL for module parameters, -ENOMEM
 */
int s390_log_channel_open(void)
{
	struct s390_log_channel *channel = &s390_log_channel;
	int rc;

	rc = s390_log_channel_check();
	if (rc)
		return rc;
	rc = s390_log_position_create(channel);
	if (rc)
		return rc;
	channel->subbuf_size = subbuf_size;
	channel->n_subbufs = n_subbufs;
	/* A CPU that comes online meanwhile must find the channel, or be found by it. */
	cpus_read_lock();
	channel->rchan = relay_open(NULL, NULL, subbuf_size, n_subbufs,
				    &s390_log_rchan_callbacks, NULL);
	cpus_read_unlock();
	if (!channel->rchan) {
		vfree(channel->position);
		return -ENOMEM;
	}
	return 0;
}

/**
 * s390_log_channel_close() - free the channel
 *
 * Nobody emits any more, and nothing is mapped: both hold the module.
 */
void s390_log_channel_close(void)
{
	relay_close(s390_log_channel.rchan);
	vfree(s390_log_channel.position);
}

/* Tells readers how far a CPU has written. */
static void s390_log_channel_publish(struct s390_log_cpu *words, const struct rchan_buf *buf)
{
	u64 position = (u64)buf->subbufs_produced * buf->chan->subbuf_size;

	/* An offset beyond the end is relay's mark of a buffer that is full. */
	if (buf->offset <= buf->chan->subbuf_size)
		position += buf->offset;
	/* The records before the position; pairs with R3. */
	smp_store_release(&words->position, position);
}

/**
 * s390_log_channel_switch() - room for a record where there seems to be none
 * @writer:	of this CPU; interrupts are off
 * @space:	bytes, a multiple of S390_LOG_ALIGN
 *
 * Return: as s390_log_channel_reserve()
 */
void *s390_log_channel_switch(struct s390_log_writer *writer, size_t space)
{
	struct rchan_buf *buf = s390_log_channel_buf(writer->cpu);
	struct s390_log_cpu *words = writer->words;
	void *to;

	/* relay lets no CPU come online without a buffer, but that is relay's matter. */
	if (unlikely(!buf))
		goto lost;
	if (writer->to)
		buf->offset = writer->to - buf->data;
	writer->to = NULL;
	writer->left = 0;
	/* At first a sub-buffer has begun and is empty. */
	if (buf->offset + space > buf->chan->subbuf_size)
		space = relay_switch_subbuf(buf, space);
	s390_log_channel_publish(words, buf);
	if (!space)
		goto lost;
	to = buf->data + buf->offset;
	writer->to = to + space;
	writer->left = buf->chan->subbuf_size - buf->offset - space;
	return to;

lost:
	WRITE_ONCE(words->lost, words->lost + 1);
	return NULL;
}

/**
 * s390_log_channel_consume() - the consumer gives sub-buffers back
 * @cpu:	from user space
 * @consumed:	all with a lower number are done with
 *
 * The caller lets only one consumer in at a time.
 *
 * Return: 0, -EINVAL, or -ENXIO if the CPU has no buffer
 */
int s390_log_channel_consume(unsigned int cpu, u64 consumed)
{
	struct rchan_buf *buf;
	size_t produced;

	if (cpu >= nr_cpu_ids || !cpu_possible(cpu))
		return -EINVAL;
	cpu = array_index_nospec(cpu, nr_cpu_ids);
	buf = s390_log_channel_buf(cpu);
	if (!buf)
		return -ENXIO;
	/* relay counts with plain stores. */
	produced = data_race(READ_ONCE(buf->subbufs_produced));
	if (consumed < buf->subbufs_consumed || consumed > produced)
		return -EINVAL;
	/* What the consumer read, before the writer may write there again: tests/model/lap.pml. */
	smp_mb();
	/* relay_subbufs_consumed() ignores steps above n_subbufs: overwrite mode has them. */
	WRITE_ONCE(buf->subbufs_consumed, consumed);
	WRITE_ONCE(s390_log_channel.cpus[cpu].consumed, consumed);
	return 0;
}

/**
 * s390_log_channel_take() - the consumer answers for all events up to a number
 * @sequence:	the number
 *
 * The caller lets only one consumer in at a time.
 *
 * Return: 0, or -EINVAL
 */
int s390_log_channel_take(u64 sequence)
{
	struct s390_log_position *position = s390_log_channel.position;

	if (sequence < position->taken || sequence > (u64)atomic64_read(s390_log_channel.sequence))
		return -EINVAL;
	WRITE_ONCE(position->taken, sequence);
	return 0;
}

/**
 * s390_log_channel_set_mode() - change what a full buffer does
 * @mode:	from user space
 *
 * When it returns, no writer follows the old mode any more: a consumer that has set
 * no-overwrite mode may rely on what it has not given back. May sleep.
 *
 * Return: 0, or -EINVAL
 */
int s390_log_channel_set_mode(u32 mode)
{
	if (mode != S390_LOG_NO_OVERWRITE && mode != S390_LOG_OVERWRITE)
		return -EINVAL;
	WRITE_ONCE(s390_log_channel.mode, mode);
	/* Writers have their interrupts off. */
	synchronize_rcu();
	return 0;
}

/**
 * s390_log_channel_memory() - bytes that the channel takes now
 *
 * Return: buffers of the CPUs that have one, and the position area
 */
u64 s390_log_channel_memory(void)
{
	u64 memory = s390_log_channel.position_size;
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		if (s390_log_channel_buf(cpu))
			memory += s390_log_channel_buffer_size();
	return memory;
}

/**
 * s390_log_channel_buffer_size() - bytes of one CPU's mapping
 *
 * Return: whole pages
 */
unsigned long s390_log_channel_buffer_size(void)
{
	return s390_log_channel.rchan->alloc_size;
}

/**
 * s390_log_channel_mmap() - map the position area or a buffer
 * @offset:	S390_LOG_MMAP_POSITION or S390_LOG_MMAP_BUFFER(cpu)
 * @vma:	the mapping; it holds the file, and so the module
 *
 * Return: 0, -EINVAL, -EPERM, or -ENXIO if the CPU has no buffer
 */
int s390_log_channel_mmap(u64 offset, struct vm_area_struct *vma)
{
	u64 cpu = (offset >> 32) - 1;
	struct rchan_buf *buf;
	int rc;

	if (offset == S390_LOG_MMAP_POSITION) {
		rc = compat_mmap_readonly(vma, s390_log_channel.position_size);
		if (rc)
			return rc;
		return remap_vmalloc_range(vma, s390_log_channel.position, 0);
	}
	if (offset & U32_MAX || cpu >= nr_cpu_ids || !cpu_possible(cpu))
		return -EINVAL;
	cpu = array_index_nospec(cpu, nr_cpu_ids);
	buf = s390_log_channel_buf(cpu);
	if (!buf)
		return -ENXIO;
	rc = compat_mmap_readonly(vma, s390_log_channel_buffer_size());
	if (rc)
		return rc;
	return vm_map_pages_zero(vma, buf->page_array, buf->page_count);
}
