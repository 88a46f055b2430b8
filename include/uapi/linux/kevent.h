/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * kevent - one queue for events of every kind
 *
 * This is the interface of Evgeniy Polyakov's kevent (2006, takes 1 to 37) as
 * a character device. Structures, flags and commands keep their layout and
 * their values; the faults that its reviewers found are mended, and each
 * mended point is marked "(repaired)" below.
 *
 * Each open() of /dev/kevent is one queue. A program adds requests to it: "tell
 * me when this event happens on that object". When it happens, the request
 * becomes ready and can be fetched, in the order in which requests became
 * ready, either into a caller's array (KEVENT_IOC_GET_EVENTS) or into a ring
 * that the program has mapped (KEVENT_IOC_WAIT).
 *
 * A request that is ready already and becomes ready once more is not queued
 * twice: the repeat is *coalesced*. Repeats are counted, per request and per
 * queue, and KEVENT_IOC_STAT reads the counts (repaired: they used to vanish).
 * A source whose events must all arrive has to keep them elsewhere as well; see
 * <linux/s390_log.h>.
 *
 * A request that fails becomes BROKEN: this is its last event, after which it can
 * only be removed. A type can be withdrawn, or an object go away, while it is in
 * use; its requests then become BROKEN with ENODEV.
 *
 * A queue belongs to its open file: it can be shared by threads and inherited
 * across fork(), and it goes with all its requests when the last descriptor is
 * closed. Descriptors are made with O_CLOEXEC by libkevent.
 *
 * Errors common to all calls: EFAULT for a bad pointer; EINVAL for an unknown
 * flag, command or a reserved field that is not zero; ENOTTY for an unknown
 * ioctl; EINTR when a signal ended a wait before anything was returned
 * (repaired: it used to return 0). A failed call changes nothing, but for one: if
 * the results of KEVENT_IOC_CTL cannot be written (EFAULT), because the array was
 * unmapped after it was read, the requests are added, removed or modified.
 */
#ifndef _UAPI_LINUX_KEVENT_H
#define _UAPI_LINUX_KEVENT_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define KEVENT_ABI_VERSION	1

/* Request flags: ukevent.req_flags. */
#define KEVENT_REQ_ONESHOT	0x1	/* remove the request when it is delivered */
#define KEVENT_REQ_WAKEUP_ALL	0x2	/* do not stop at the first request that fires */
#define KEVENT_REQ_ET		0x4	/* rearm on delivery */
#define KEVENT_REQ_LAST_CHECK	0x8	/* ask the source again on delivery */
#define KEVENT_REQ_ALWAYS_QUEUE	0x10	/* ready at ADD: queue, do not return inline */
#define KEVENT_REQ_READY	0x20	/* make it ready at once (KEVENT_UNOTIFY) */
#define KEVENT_REQ_ALL		0x3f

/* Return flags: ukevent.ret_flags. */
#define KEVENT_RET_BROKEN	0x1	/* the request failed; ret_data[1] is the errno */
#define KEVENT_RET_DONE		0x2	/* the request has fired, or the entry is processed */
#define KEVENT_RET_COPY_FAILED	0x4	/* delivered, but the ring was full */

/* Request types: ukevent.type. Numbers of the original; gaps are not served. */
#define KEVENT_SOCKET		0
#define KEVENT_INODE		1
#define KEVENT_TIMER		2
#define KEVENT_POLL		3
#define KEVENT_NAIO		4
#define KEVENT_AIO		5
#define KEVENT_PIPE		6
#define KEVENT_SIGNAL		7
#define KEVENT_POSIX_TIMER	8
#define KEVENT_UNOTIFY		9	/* made ready by KEVENT_CTL_READY */
#define KEVENT_S390_LOG		10	/* <linux/s390_log.h> */
#define KEVENT_MAX		32	/* types are below this */

/* Commands of KEVENT_IOC_CTL. */
#define KEVENT_CTL_ADD		0
#define KEVENT_CTL_REMOVE	1
#define KEVENT_CTL_MODIFY	2
#define KEVENT_CTL_READY	3

/* Flags of the waiting calls. */
#define KEVENT_FLAGS_ABSTIME	0x1	/* timeout is a CLOCK_REALTIME instant, not a span */

/*
 * Limits. Beyond them a call fails as its comment says. A type limits the
 * requests of all queues for one object, too: ENOSPC.
 */
#define KEVENT_MAX_QUEUES	1024	/* open queues of one user: EMFILE from open() */
#define KEVENT_MAX_REQUESTS	4096	/* requests of one queue: ENOSPC */
#define KEVENT_MAX_CTL		1024	/* entries of one KEVENT_IOC_CTL: E2BIG */
#define KEVENT_MAX_RING		65536	/* entries of one ring: EINVAL */

/**
 * struct kevent_id - name of a request within its type
 * @raw:	two words, whose meaning is the type's
 * @raw_u64:	both as one number
 *
 * Requests are told apart by (type, id) (repaired: by id alone).
 */
struct kevent_id {
	union {
		__u32		raw[2];
		__aligned_u64	raw_u64;
	};
};

/**
 * struct ukevent - a request, and what came of it
 * @id:		0x00 with @type, the key of the request
 * @type:	0x08 KEVENT_UNOTIFY, KEVENT_S390_LOG, ...
 * @event:	0x0c mask of events asked for, bits defined by the type
 * @req_flags:	0x10 KEVENT_REQ_*
 * @ret_flags:	0x14 KEVENT_RET_*, set by the kernel
 * @ret_data:	0x18 set by the kernel; the type's, or the errno in [1] if BROKEN
 * @user:	0x20 the caller's own, returned untouched
 * @ptr:	0x20 the same place as a pointer
 */
struct ukevent {
	struct kevent_id	id;
	__u32			type;
	__u32			event;
	__u32			req_flags;
	__u32			ret_flags;
	__u32			ret_data[2];
	union {
		__u32		user[2];
		void		*ptr;
	};
};

/**
 * struct kevent_ring - the mapped ring, read only
 * @ring_kidx:	0x00 slot that the next delivered event will take
 * @ring_over:	0x04 how often @ring_uidx has wrapped
 * @ring_uidx:	0x08 first slot that is not committed
 * @ring_size:	0x0c number of slots in @event
 * @ring_head:	0x10 events ever delivered, modulo 2^32
 * @ring_tail:	0x14 events ever committed, modulo 2^32
 * @reserved:	0x18 zero
 * @event:	0x40 the slots
 *
 * mmap() of the queue's descriptor at offset 0 with PROT_READ and MAP_SHARED
 * gives this; the length is KEVENT_RING_BYTES(ring_size) rounded up to pages,
 * whole or not at all (EINVAL), and never writable or executable (EPERM). Slots between
 * @ring_uidx and @ring_kidx hold events; @ring_head - @ring_tail of them, so
 * that a full ring and an empty one differ (repaired). The kernel writes a slot
 * before it moves @ring_kidx and @ring_head: read them with acquire.
 */
struct kevent_ring {
	__u32		ring_kidx;
	__u32		ring_over;
	__u32		ring_uidx;
	__u32		ring_size;
	__u32		ring_head;
	__u32		ring_tail;
	__u32		reserved[10];
	struct ukevent	event[];
};

#define KEVENT_RING_BYTES(size)	(sizeof(struct kevent_ring) + (size) * sizeof(struct ukevent))

/**
 * struct kevent_info - KEVENT_IOC_INFO: what this kernel offers
 * @abi_version:	0x00 KEVENT_ABI_VERSION
 * @ukevent_size:	0x04 sizeof(struct ukevent)
 * @ring_header_size:	0x08 sizeof(struct kevent_ring)
 * @max_requests:	0x0c KEVENT_MAX_REQUESTS
 * @max_ctl:		0x10 KEVENT_MAX_CTL
 * @max_ring:		0x14 KEVENT_MAX_RING
 * @types:		0x18 bit n is set if type n can be asked for now
 * @reserved:		0x1c zero
 */
struct kevent_info {
	__u32	abi_version;
	__u32	ukevent_size;
	__u32	ring_header_size;
	__u32	max_requests;
	__u32	max_ctl;
	__u32	max_ring;
	__u32	types;
	__u32	reserved;
};

/**
 * struct kevent_init_arg - KEVENT_IOC_INIT: give the queue a ring
 * @ring_size:	0x00 slots, 1 to KEVENT_MAX_RING
 * @flags:	0x04 zero
 *
 * Once per queue. EINVAL: size out of bounds. EBUSY: the queue has a ring.
 * ENOMEM: no memory, or the rings of this user would exceed RLIMIT_MEMLOCK
 * (CAP_IPC_LOCK is exempt). A queue without a ring serves KEVENT_IOC_GET_EVENTS.
 */
struct kevent_init_arg {
	__u32	ring_size;
	__u32	flags;
};

/**
 * struct kevent_ctl_arg - KEVENT_IOC_CTL: change requests
 * @cmd:	0x00 KEVENT_CTL_*
 * @num:	0x04 entries at @events, at most KEVENT_MAX_CTL
 * @events:	0x08 address of an array of struct ukevent, read and written
 *
 * ADD:    Adds each request. Entries that are ready or broken at once are moved
 *         to the front of the array, and their number is returned; so 0 means
 *         that all are waiting. Broken entries carry BROKEN|DONE and in
 *         ret_data[1] EINVAL (type not served, flags, mask), EEXIST ((type, id)
 *         is in use), ENOSPC (too many requests), ENOMEM or the type's own.
 * REMOVE: Removes each request; DONE is set, and BROKEN with ENOENT if there is
 *         none of that (type, id). An event that is ready is discarded; one
 *         that is in the ring stays there. Returns 0.
 * MODIFY: Replaces event, req_flags and user of each request and clears what it
 *         returned; DONE is set, and BROKEN with ENOENT if there is none, with
 *         its own errno if it is BROKEN, or as for ADD; then the request is as it
 *         was. An event that it asks for before and after is not missed
 *         meanwhile. Returns 0.
 * READY:  Marks each request ready and returns how many were; only types that
 *         allow it (KEVENT_UNOTIFY), others, unknown and BROKEN ones get
 *         BROKEN|DONE. With @num 0 it ends the waits of this queue: they return
 *         at once with what is ready.
 *
 * E2BIG: @num is too large.
 */
struct kevent_ctl_arg {
	__u32	cmd;
	__u32	num;
	__u64	events;
};

/**
 * struct kevent_wait_arg - KEVENT_IOC_WAIT: move ready events into the ring
 * @num:	0x00 move at most this many
 * @old_uidx:	0x04 last index that the caller knows, KEVENT_NO_INDEX for none
 * @timeout_ns:	0x08 negative: wait for ever; 0: do not wait; else nanoseconds
 * @flags:	0x10 KEVENT_FLAGS_*
 * @reserved:	0x14 zero
 *
 * Waits until an event is ready and the ring has a free slot, then moves what
 * is ready and fits, and returns the number moved. Returns 0 when the time is
 * over, when KEVENT_CTL_READY with num 0 ended the wait, or at once when the
 * ring already holds events past @old_uidx that another thread fetched; a full
 * ring does so for any @old_uidx, so commit before waiting, or pass
 * KEVENT_NO_INDEX. Waiters are woken one at a time, one per event (repaired).
 * EINVAL: the queue has no ring, @num is 0, or @old_uidx is no slot.
 */
struct kevent_wait_arg {
	__u32	num;
	__u32	old_uidx;
	__s64	timeout_ns;
	__u32	flags;
	__u32	reserved;
};

#define KEVENT_NO_INDEX		0xffffffffU

/**
 * struct kevent_get_arg - KEVENT_IOC_GET_EVENTS: fetch ready events
 * @min_nr:	0x00 wait for this many (repaired: it was ignored)
 * @max_nr:	0x04 room at @events
 * @timeout_ns:	0x08 as in struct kevent_wait_arg
 * @events:	0x10 address of an array of struct ukevent, written
 * @flags:	0x18 KEVENT_FLAGS_*
 * @reserved:	0x1c zero
 *
 * Returns the number of events fetched; fewer than @min_nr when the time is
 * over. If the queue has a ring, they are put there too, as the original did;
 * one that found it full has COPY_FAILED set in the array. EINVAL: @max_nr is
 * 0, or smaller than @min_nr. EFAULT: not even the first could be copied; an
 * event that could not be copied stays ready.
 */
struct kevent_get_arg {
	__u32	min_nr;
	__u32	max_nr;
	__s64	timeout_ns;
	__u64	events;
	__u32	flags;
	__u32	reserved;
};

/**
 * struct kevent_commit_arg - KEVENT_IOC_COMMIT: give slots back
 * @new_uidx:	0x00 first slot that the caller still needs
 * @over:	0x04 how often the index has wrapped on its way to @new_uidx
 *
 * Returns how many slots became free: 0 if another thread has committed at
 * least as far. The pair counts without limit, so that a full ring commits in
 * one call, and waiters for room are woken (both repaired). Count it from what
 * you have used; the mapped words change one by one. EINVAL: beyond what
 * has been delivered, no such slot, or no ring.
 */
struct kevent_commit_arg {
	__u32	new_uidx;
	__u32	over;
};

/**
 * struct kevent_stat - KEVENT_IOC_STAT: counts of the queue and of one request
 * @id:			0x00 in: the request, if @type is not KEVENT_MAX
 * @type:		0x08 in: its type; KEVENT_MAX: the queue alone
 * @requests:		0x0c out: requests of the queue
 * @ready:		0x10 out: of them ready
 * @reserved:		0x14 zero
 * @delivered:		0x18 out: events delivered by the queue
 * @coalesced:		0x20 out: repeats coalesced in the queue
 * @request_coalesced:	0x28 out: repeats coalesced in the request
 *
 * ENOENT: no such request.
 */
struct kevent_stat {
	struct kevent_id	id;
	__u32			type;
	__u32			requests;
	__u32			ready;
	__u32			reserved;
	__u64			delivered;
	__u64			coalesced;
	__u64			request_coalesced;
};

#define KEVENT_IOC_MAGIC	0xeb
#define KEVENT_IOC_INFO		_IOR(KEVENT_IOC_MAGIC, 0x00, struct kevent_info)
#define KEVENT_IOC_INIT		_IOW(KEVENT_IOC_MAGIC, 0x01, struct kevent_init_arg)
#define KEVENT_IOC_CTL		_IOW(KEVENT_IOC_MAGIC, 0x02, struct kevent_ctl_arg)
#define KEVENT_IOC_WAIT		_IOW(KEVENT_IOC_MAGIC, 0x03, struct kevent_wait_arg)
#define KEVENT_IOC_GET_EVENTS	_IOW(KEVENT_IOC_MAGIC, 0x04, struct kevent_get_arg)
#define KEVENT_IOC_COMMIT	_IOW(KEVENT_IOC_MAGIC, 0x05, struct kevent_commit_arg)
#define KEVENT_IOC_STAT		_IOWR(KEVENT_IOC_MAGIC, 0x06, struct kevent_stat)

#endif /* _UAPI_LINUX_KEVENT_H */
