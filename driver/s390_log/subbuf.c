// SPDX-License-Identifier: GPL-2.0-only
/*
 * Beginning a sub-buffer: its header, and the two modes
 *
 * All of this runs on the buffer's CPU with interrupts off, or while that CPU
 * is offline.
 */
#include <linux/percpu.h>
#include <linux/relay.h>

#include "log.h"

static_assert(sizeof(struct s390_log_subbuf) == 96);
static_assert(offsetof(struct s390_log_subbuf, used) == 0x20);
static_assert(offsetof(struct s390_log_subbuf, boot_id) == 0x30);
static_assert(offsetof(struct s390_log_subbuf, records) == 0x40);

/* The sub-buffers that had been produced when a CPU's buffer was last found full. */
static DEFINE_PER_CPU(u64, s390_log_full_at);

/* No record that this CPU is still to write has a lower number. */
static u64 s390_log_subbuf_floor(const struct s390_log_cpu *words)
{
	return words->pending ? words->pending : atomic64_read(s390_log_channel.sequence) + 1;
}

/* As relay_buf_full(), while another CPU may give sub-buffers back. */
static bool s390_log_subbuf_full(const struct rchan_buf *buf)
{
	return buf->subbufs_produced - READ_ONCE(buf->subbufs_consumed) >= buf->chan->n_subbufs;
}

/* relay calls for each record that finds no room: once for each fullness counts. */
static void s390_log_subbuf_count_full(const struct rchan_buf *buf, struct s390_log_cpu *words)
{
	u64 *full_at = per_cpu_ptr(&s390_log_full_at, buf->cpu);

	if (*full_at == buf->subbufs_produced)
		return;
	*full_at = buf->subbufs_produced;
	WRITE_ONCE(words->full, words->full + 1);
}

/* The sub-buffer in the place of the new one is lost, unless it was given back. */
static void s390_log_subbuf_count_wrapped(const struct rchan_buf *buf, struct s390_log_cpu *words,
					  const struct s390_log_subbuf *oldest)
{
	const size_t n_subbufs = buf->chan->n_subbufs;
	const u64 second = buf->subbufs_produced - n_subbufs + 1;
	const struct s390_log_subbuf *next =
		buf->start + second % n_subbufs * buf->chan->subbuf_size;

	WRITE_ONCE(words->wrapped, words->wrapped + 1);
	WRITE_ONCE(words->overwritten, words->overwritten + next->records - oldest->records);
}

/**
 * s390_log_subbuf_start() - relay wants to begin a sub-buffer
 * @buf:	the CPU's buffer; @subbufs_produced is the new one's number
 * @subbuf:	where it would be
 * @prev_subbuf: the one before, closed now; NULL for the first
 *
 * Return: 1; or 0 if there is no room, and then the record is dropped
 */
int s390_log_subbuf_start(struct rchan_buf *buf, void *subbuf, void *prev_subbuf)
{
	struct s390_log_cpu *words = &s390_log_channel.cpus[buf->cpu];
	const struct rchan *chan = buf->chan;
	struct s390_log_subbuf *header = subbuf;
	struct s390_log_subbuf *prev = prev_subbuf;

	if (prev)
		WRITE_ONCE(prev->used, chan->subbuf_size -
			   buf->padding[(buf->subbufs_produced - 1) % chan->n_subbufs]);
	if (s390_log_subbuf_full(buf)) {
		if (READ_ONCE(s390_log_channel.mode) == S390_LOG_NO_OVERWRITE) {
			s390_log_subbuf_count_full(buf, words);
			return 0;
		}
		s390_log_subbuf_count_wrapped(buf, words, header);
	}

	WRITE_ONCE(words->begun, buf->subbufs_produced + 1);
	/* Before the first byte; pairs with R5. tests/model/lap.pml has the proof. */
	smp_wmb();
	*header = (struct s390_log_subbuf) {
		.magic		= S390_LOG_SUBBUF_MAGIC,
		.version	= S390_LOG_ABI_VERSION,
		.header_size	= sizeof(*header),
		.number		= buf->subbufs_produced,
		.first_sequence	= s390_log_subbuf_floor(words),
		.lost		= words->lost,
		.subbuf_size	= chan->subbuf_size,
		.n_subbufs	= chan->n_subbufs,
		.cpu		= buf->cpu,
		.records	= words->records,
	};
	memcpy(header->boot_id, s390_log_channel.position->boot_id, sizeof(header->boot_id));
	subbuf_start_reserve(buf, sizeof(*header));
	return 1;
}
