/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * s390_log - numbered events of IBM Z devices, and their records
 *
 * Every event gets a number: 1, 2, 3, ... for the whole system. The numbers
 * begin anew when the module is loaded, and so does boot_id, a random UUID: the
 * pair (boot_id, number) never repeats. Two things carry the number:
 *
 * - A *kevent* of type KEVENT_S390_LOG wakes whoever asked for the event and
 *   brings the number: ret_data[0] is its high, ret_data[1] its low half. Such
 *   notifications may coalesce.
 * - A *record* with the number, the time, the device and a payload goes into
 *   the relay buffer of the CPU on which the event happened. Records do not
 *   coalesce. They can be lost when a buffer is full, and then the reader can
 *   name each lost number.
 *
 * A kevent request: ukevent.type is KEVENT_S390_LOG, ukevent.event a mask of
 * KEVENT_S390_* (at least one), id.raw[0] the subscriber's own label, and
 * id.raw[1] an S390_LOG_DEVICE() to hear of one device only, or 0 for all (EINVAL
 * for anything else).
 * Within one queue an event takes the first matching request that is not yet
 * ready, so that several labels are several slots; with KEVENT_REQ_WAKEUP_ALL
 * it takes all of them. Requests for one device and those for all devices are
 * slots of their own. Queues do not compete: each hears of every event.
 *
 * The buffers
 * -----------
 * /dev/s390_log gives the records. Each CPU has one buffer of n_subbufs
 * sub-buffers of subbuf_size bytes. Bytes are counted by free-running 64-bit
 * positions: position p is byte p % subbuf_size of sub-buffer p / subbuf_size,
 * and sub-buffer s lies at (s % n_subbufs) * subbuf_size in the mapping. A
 * sub-buffer begins with struct s390_log_subbuf. Records follow, each aligned
 * to 8 bytes and entirely within its sub-buffer; what is left at the end is
 * padding, and @used in the sub-buffer's header tells where it begins. A
 * sub-buffer is complete when the position is beyond its end, or is at its end
 * and @used is not 0.
 *
 * All numbers are in the byte order of the machine that wrote them; the magic
 * numbers tell which it was.
 *
 * Reading in exact order
 * ----------------------
 * The position area (struct s390_log_position, then one struct s390_log_cpu for
 * each possible CPU) lets a reader merge the buffers into one ordered stream,
 * and know each missing number at once, without a system call and without
 * waiting for stragglers. A writer, with interrupts off,
 *
 *   W1. sets pending = sequence + 1, release, then a full barrier,
 *   W2. takes its number by adding 1 to sequence,
 *   W3. writes its record and advances position, or counts it as lost,
 *   W4. makes the kevents ready,
 *   W5. sets pending = 0, release.
 *
 * A reader
 *
 *   R1. reads sequence: S, acquire,
 *   R2. reads all pending words, acquire: low is the smallest of S and of
 *       pending - 1 for those that are not 0,
 *   R3. reads all positions, acquire, and the records below them.
 *
 * Every number up to low is then in the buffers, or lost for good; and its
 * kevent, if it has one, is ready. Numbers above low wait for the next round.
 * tests/model/ holds the proof.
 *
 * Consuming
 * ---------
 * One open file at a time is the consumer (S390_LOG_IOC_CONSUMER); others only
 * observe. The consumer says up to which number it has every event in safety, or
 * has reported it as lost (S390_LOG_IOC_TAKEN), and then gives the sub-buffers
 * back that hold nothing above (S390_LOG_IOC_CONSUMED). What it has not given
 * back when it is closed is there for the next consumer (unless it is overwritten
 * meanwhile), which begins behind @taken: each number is answered for once,
 * whenever a consumer ends.
 *
 * Full buffers
 * ------------
 * A CPU's buffer is full when n_subbufs sub-buffers have begun and are not given
 * back, and the last of them has no room. In *no-overwrite* mode new records of
 * that CPU are then dropped and counted in @lost. In *overwrite* mode, the flight
 * recorder, the oldest sub-buffer is begun anew, and counted in @wrapped.
 * The mode is given when the module is loaded, and can be changed at any time
 * (S390_LOG_IOC_MODE).
 *
 * Reading what may be overwritten
 * -------------------------------
 * The consumer in no-overwrite mode can use records where they lie until it
 * gives them back. In overwrite mode, and for an observer, the writer may come
 * round at any time. When it begins sub-buffer s (part of W3), the writer first
 * sets begun = s + 1, then, after a write barrier, writes to it. So a reader
 *
 *   R4. copies what it wants of sub-buffer s from below the position,
 *   R5. after a read barrier reads begun: if it is above s + n_subbufs, the copy
 *       may be torn and is thrown away, and reading goes on with the oldest
 *       sub-buffer that is left, number begun - n_subbufs.
 *
 * The difference between @records of that sub-buffer and the records it has
 * read of this CPU tells the reader how many it missed, and the merged stream,
 * which numbers.
 *
 * write() of up to S390_LOG_MAX_TEXT bytes emits them as one KEVENT_S390_TEXT
 * event and returns how many bytes; it needs CAP_SYS_ADMIN. EINVAL: empty or too
 * long.
 *
 * poll(): POLLIN when as many events as S390_LOG_IOC_THRESHOLD says, by default
 * one, were emitted since the last S390_LOG_IOC_SEEN of this file. A reader is
 * woken once, and again when it has called poll() again: not once per event.
 *
 * Errors common to all: EFAULT for a bad pointer, EINVAL for a number out of
 * range or a reserved field that is not zero, ENOTTY for an unknown ioctl.
 */
#ifndef _UAPI_LINUX_S390_LOG_H
#define _UAPI_LINUX_S390_LOG_H

#include <linux/ioctl.h>
#include <linux/types.h>

/*
 * Structs grow at their ends and in what is reserved now, with sizes in their
 * headers; new events, ioctls and flags appear. None of this changes the version:
 * it stands for what programs know, and changes when they could not go on.
 */
#define S390_LOG_ABI_VERSION	1

/*
 * Event IDs: one bit each, for masks. KEVENT_S390_ALL are those that this header
 * names; a running kernel says in s390_log_info.events which ones it has. When the
 * bits are used up, more events get a kevent type of their own beside
 * KEVENT_S390_LOG, with the same records and numbers.
 */
#define KEVENT_S390_TAPE_LOADED		0x00000001
#define KEVENT_S390_TAPE_UNLOADED	0x00000002
#define KEVENT_S390_TAPE_IO_ERROR	0x00000004
#define KEVENT_S390_TAPE_PROTECTED	0x00000008	/* written to nevertheless */
#define KEVENT_S390_TAPE_END		0x00000010
#define KEVENT_S390_TAPE_UNREADABLE	0x00000020	/* blank, or another format */
#define KEVENT_S390_TAPE_CORRUPT	0x00000040	/* read as the end of a file */
#define KEVENT_S390_TAPE_INTERVENTION	0x00000080	/* no cartridge, or not ready */
#define KEVENT_S390_TAPE_ASSIGNED	0x00000100	/* to another system */
#define KEVENT_S390_TAPE_ATTENTION	0x00000200
#define KEVENT_S390_TAPE_VOLUME		0x00000400	/* on demand only */
#define KEVENT_S390_DEVICE_ADDED	0x00010000
#define KEVENT_S390_DEVICE_REMOVED	0x00020000
#define KEVENT_S390_DEVICE_ONLINE	0x00040000
#define KEVENT_S390_DEVICE_OFFLINE	0x00080000
#define KEVENT_S390_DEVICE_GONE		0x00100000	/* not operational while online */
#define KEVENT_S390_DEVICE_NO_PATH	0x00200000	/* last path gone while online */
#define KEVENT_S390_DEVICE_UNIT_CHECK	0x00400000	/* of what is no tape drive */
#define KEVENT_S390_CRW			0x01000000
#define KEVENT_S390_TEXT		0x80000000
#define KEVENT_S390_ALL			0x817f07ff

/* Not emitted unless asked for with S390_LOG_IOC_DEMAND: these need I/O of ours. */
#define KEVENT_S390_ON_DEMAND		KEVENT_S390_TAPE_VOLUME

/*
 * A device as one word: cssid, ssid and device number, 0.0.0580. The mark tells
 * 0.0.0000 from "no device".
 */
#define S390_LOG_DEVICE_MARK		0x00800000U
#define S390_LOG_DEVICE(cssid, ssid, devno)				\
	(((__u32)(cssid) << 24) | S390_LOG_DEVICE_MARK |		\
	 (((__u32)(ssid) & 0x7f) << 16) | ((__u32)(devno) & 0xffff))
#define S390_LOG_DEVICE_CSSID(device)	((device) >> 24)
#define S390_LOG_DEVICE_SSID(device)	(((device) >> 16) & 0x7f)
#define S390_LOG_DEVICE_DEVNO(device)	((device) & 0xffff)

/* Limits. */
#define S390_LOG_MAX_PAYLOAD	3968	/* bytes of one payload */
#define S390_LOG_MAX_TEXT	1024	/* bytes of one text event */
#define S390_LOG_ALIGN		8	/* of records */

#define S390_LOG_SUBBUF_MAGIC	0x7339304cU	/* "s90L" */
#define S390_LOG_POSITION_MAGIC	0x73393050U	/* "s90P" */

/**
 * struct s390_log_subbuf - beginning of each sub-buffer
 * @magic:		0x00 S390_LOG_SUBBUF_MAGIC
 * @version:		0x04 S390_LOG_ABI_VERSION
 * @header_size:	0x06 sizeof(struct s390_log_subbuf)
 * @number:		0x08 how many sub-buffers this CPU began before
 * @first_sequence:	0x10 no record in it has a lower number
 * @lost:		0x18 records this CPU had lost when it began
 * @used:		0x20 bytes in use, header included; 0 while it is written
 * @subbuf_size:	0x24 bytes
 * @n_subbufs:		0x28 of this buffer
 * @cpu:		0x2c logical CPU number
 * @boot_id:		0x30 the epoch of the sequence numbers
 * @records:		0x40 records this CPU had written when it began
 * @reserved:		0x48 zero
 */
struct s390_log_subbuf {
	__u32	magic;
	__u16	version;
	__u16	header_size;
	__u64	number;
	__u64	first_sequence;
	__u64	lost;
	__u32	used;
	__u32	subbuf_size;
	__u32	n_subbufs;
	__u32	cpu;
	__u8	boot_id[16];
	__u64	records;
	__u8	reserved[24];
};

/* Flags of a record. */
#define S390_LOG_INFERRED	0x0001	/* concluded by the driver, not signalled */
#define S390_LOG_TRUNCATED	0x0002	/* the text was longer */

/**
 * struct s390_log_record - beginning of each record
 * @length:	0x00 bytes of header and payload; the next record begins at the
 *		     next multiple of S390_LOG_ALIGN
 * @event:	0x04 one of KEVENT_S390_*
 * @sequence:	0x08 number of the event
 * @time_ns:	0x10 nanoseconds since 1970-01-01 00:00 UTC
 * @device:	0x18 S390_LOG_DEVICE(), or 0
 * @cpu:	0x1c CPU that wrote it
 * @flags:	0x1e S390_LOG_INFERRED, S390_LOG_TRUNCATED
 *
 * The payload follows: for KEVENT_S390_TEXT the text, without a terminating
 * NUL; for the others the struct named after the event below.
 */
struct s390_log_record {
	__u32	length;
	__u32	event;
	__u64	sequence;
	__u64	time_ns;
	__u32	device;
	__u16	cpu;
	__u16	flags;
};

/* What told the driver of a change of medium: s390_log_tape.origin. */
#define S390_LOG_ORIGIN_READY	1	/* attention, device end, unit exception */
#define S390_LOG_ORIGIN_END	2	/* a bare device end */
#define S390_LOG_ORIGIN_SENSE	3	/* sense data of another operation */
#define S390_LOG_ORIGIN_DRIVER	4	/* the tape driver's own conclusion */

/* s390_log_tape.flags */
#define S390_LOG_TAPE_SENSED		0x01	/* @sense is valid */
#define S390_LOG_TAPE_WRITE_PROTECTED	0x02	/* only with SENSED, only if loaded */

/**
 * struct s390_log_tape - payload of KEVENT_S390_TAPE_LOADED and _UNLOADED
 * @cu_type:	0x00 control unit type, 0x3490
 * @dev_type:	0x02 device type, 0x3490
 * @cu_model:	0x04
 * @dev_model:	0x05
 * @origin:	0x06 S390_LOG_ORIGIN_*
 * @flags:	0x07 S390_LOG_TAPE_*
 * @sense:	0x08 the sense bytes that settled the state
 */
struct s390_log_tape {
	__u16	cu_type;
	__u16	dev_type;
	__u8	cu_model;
	__u8	dev_model;
	__u8	origin;
	__u8	flags;
	__u8	sense[32];
};

/* s390_log_tape_error.flags */
#define S390_LOG_ERROR_SENSED		0x01	/* @sense and @erpa are valid */
#define S390_LOG_ERROR_PERMANENT	0x02	/* the operation failed */
#define S390_LOG_ERROR_RECOVERED	0x04	/* a retry succeeded */
#define S390_LOG_ERROR_TIMEOUT		0x08	/* no interrupt came */
#define S390_LOG_ERROR_KILLED		0x10	/* ended by the common I/O layer */
#define S390_LOG_ERROR_UNSOLICITED	0x20	/* of no operation */

/**
 * struct s390_log_tape_error - payload of KEVENT_S390_TAPE_IO_ERROR, _PROTECTED,
 *	_END, _UNREADABLE, _CORRUPT, _INTERVENTION, _ASSIGNED and _ATTENTION
 * @cu_type:	0x00 control unit type, 0x3490
 * @dev_type:	0x02 device type, 0x3490
 * @cu_model:	0x04
 * @dev_model:	0x05
 * @command:	0x06 command code of the CCW that ended so; 0: not known, or none
 * @flags:	0x07 S390_LOG_ERROR_*
 * @unit_status: 0x08 as in the subchannel status word
 * @channel_status: 0x09 as in the subchannel status word
 * @erpa:	0x0a error-recovery-procedure action code: sense byte 3
 * @retries:	0x0b how often the operation was tried again
 * @sense:	0x0c sense bytes
 * @reserved:	0x2c zero
 */
struct s390_log_tape_error {
	__u16	cu_type;
	__u16	dev_type;
	__u8	cu_model;
	__u8	dev_model;
	__u8	command;
	__u8	flags;
	__u8	unit_status;
	__u8	channel_status;
	__u8	erpa;
	__u8	retries;
	__u8	sense[32];
	__u8	reserved[4];
};

/* What came of it: s390_log_volume.outcome. */
#define S390_LOG_VOLUME_READ		1	/* a block; @length and @block are valid */
#define S390_LOG_VOLUME_TAPE_MARK	2	/* the tape begins with a tape mark */
#define S390_LOG_VOLUME_BLANK		3	/* nothing is recorded; @sense is valid */
#define S390_LOG_VOLUME_UNREADABLE	4	/* an error; @sense is valid */
#define S390_LOG_VOLUME_IN_USE		5	/* not at its load point: nothing was read */
#define S390_LOG_VOLUME_NO_ANSWER	6	/* no interrupt came, or the channel failed */

/* s390_log_volume.flags */
#define S390_LOG_VOLUME_NOT_REWOUND	0x01	/* and it is not at its load point now */

#define S390_LOG_VOLUME_BLOCK	80	/* bytes of a label */

/**
 * struct s390_log_volume - payload of KEVENT_S390_TAPE_VOLUME: the first block of
 *	a tape that was loaded
 * @cu_type:	0x00 control unit type, 0x3490
 * @dev_type:	0x02 device type, 0x3490
 * @cu_model:	0x04
 * @dev_model:	0x05
 * @outcome:	0x06 S390_LOG_VOLUME_*
 * @flags:	0x07 S390_LOG_VOLUME_NOT_REWOUND
 * @load:	0x08 number of the KEVENT_S390_TAPE_LOADED
 * @length:	0x10 bytes of the block; 81: it is longer than a label
 * @reserved:	0x12 zero
 * @block:	0x18 its first S390_LOG_VOLUME_BLOCK bytes, zeroes behind
 * @sense:	0x68 sense bytes
 */
struct s390_log_volume {
	__u16	cu_type;
	__u16	dev_type;
	__u8	cu_model;
	__u8	dev_model;
	__u8	outcome;
	__u8	flags;
	__u64	load;
	__u16	length;
	__u8	reserved[6];
	__u8	block[S390_LOG_VOLUME_BLOCK];
	__u8	sense[32];
};

/* s390_log_crw.flags */
#define S390_LOG_CRW_SOLICITED	0x01
#define S390_LOG_CRW_OVERFLOW	0x02	/* reports before it were lost */
#define S390_LOG_CRW_CHAINED	0x04	/* another belongs to it */
#define S390_LOG_CRW_ANCILLARY	0x08

/**
 * struct s390_log_crw - payload of KEVENT_S390_CRW: a channel report word
 * @flags:	0x00 S390_LOG_CRW_*
 * @source:	0x01 reporting-source code: 3 subchannel, 4 channel path, 9
 *		     configuration alert, 0xb channel subsystem
 * @recovery:	0x02 error-recovery code
 * @reserved0:	0x03 zero
 * @source_id:	0x04 reporting-source id
 * @reserved1:	0x06 zero
 */
struct s390_log_crw {
	__u8	flags;
	__u8	source;
	__u8	recovery;
	__u8	reserved0;
	__u16	source_id;
	__u16	reserved1;
};

/* s390_log_ccwdev.flags */
#define S390_LOG_CCWDEV_ONLINE	0x01	/* it was online when this happened */

/**
 * struct s390_log_ccwdev - payload of KEVENT_S390_DEVICE_*, but for _UNIT_CHECK
 * @cu_type:	0x00
 * @dev_type:	0x02
 * @cu_model:	0x04
 * @dev_model:	0x05
 * @flags:	0x06 S390_LOG_CCWDEV_*
 * @subch_ssid:	0x07 of the subchannel
 * @subch_no:	0x08 of the subchannel
 * @reserved:	0x0a zero
 */
struct s390_log_ccwdev {
	__u16	cu_type;
	__u16	dev_type;
	__u8	cu_model;
	__u8	dev_model;
	__u8	flags;
	__u8	subch_ssid;
	__u16	subch_no;
	__u8	reserved[6];
};

/* s390_log_unit_check.flags */
#define S390_LOG_UNIT_CHECK_SENSED	0x01	/* there are sense bytes */
#define S390_LOG_UNIT_CHECK_UNSOLICITED	0x02	/* of no operation */

/**
 * struct s390_log_unit_check - payload of KEVENT_S390_DEVICE_UNIT_CHECK
 * @cu_type:	0x00
 * @dev_type:	0x02
 * @cu_model:	0x04
 * @dev_model:	0x05
 * @command:	0x06 command code of the CCW that ended so; 0: not known, or none
 * @flags:	0x07 S390_LOG_UNIT_CHECK_*
 * @unit_status: 0x08 as in the subchannel status word
 * @channel_status: 0x09 as in the subchannel status word
 * @sense_length: 0x0a how many of @sense are valid
 * @reserved:	0x0b zero
 * @suppressed:	0x0c unit checks of the device before this one that were not
 *		     told, because there were too many
 * @sense:	0x10 sense bytes
 */
struct s390_log_unit_check {
	__u16	cu_type;
	__u16	dev_type;
	__u8	cu_model;
	__u8	dev_model;
	__u8	command;
	__u8	flags;
	__u8	unit_status;
	__u8	channel_status;
	__u8	sense_length;
	__u8	reserved;
	__u32	suppressed;
	__u8	sense[32];
};

/**
 * struct s390_log_position - beginning of the position area
 * @magic:	0x00 S390_LOG_POSITION_MAGIC
 * @version:	0x04 S390_LOG_ABI_VERSION
 * @header_size:0x08 sizeof(struct s390_log_position): the first CPU is here
 * @cpu_size:	0x0c sizeof(struct s390_log_cpu)
 * @n_cpus:	0x10 CPUs in the area: all that can ever come online
 * @reserved0:	0x14 zero
 * @boot_id:	0x18 the epoch of the sequence numbers
 * @taken:	0x28 number up to which a consumer has answered for every event
 * @reserved1:	0x30 zero
 * @sequence:	0x80 number of the last event (R1)
 * @reserved2:	0x88 zero
 */
struct s390_log_position {
	__u32	magic;
	__u32	version;
	__u32	header_size;
	__u32	cpu_size;
	__u32	n_cpus;
	__u32	reserved0;
	__u8	boot_id[16];
	__u64	taken;
	__u8	reserved1[80];
	__u64	sequence;
	__u8	reserved2[120];
};

/**
 * struct s390_log_cpu - one CPU's words in the position area
 * @pending:	0x00 0, or a number no higher than the one being written (R2)
 * @position:	0x08 bytes produced, free-running (R3)
 * @lost:	0x10 records dropped because the buffer was full
 * @consumed:	0x18 sub-buffers given back: all with a lower number
 * @records:	0x20 records written
 * @begun:	0x28 sub-buffers begun (R5); the first before any record
 * @full:	0x30 times the buffer became full and records were dropped
 * @wrapped:	0x38 sub-buffers overwritten that were not given back
 * @overwritten: 0x40 records in these, whether they had been read or not
 * @reserved:	0x48 zero
 *
 * All count from the loading of the module, also while the CPU is offline.
 */
struct s390_log_cpu {
	__u64	pending;
	__u64	position;
	__u64	lost;
	__u64	consumed;
	__u64	records;
	__u64	begun;
	__u64	full;
	__u64	wrapped;
	__u64	overwritten;
	__u8	reserved[184];
};

/* Modes: s390_log_info.mode and S390_LOG_IOC_MODE. */
#define S390_LOG_NO_OVERWRITE	0	/* full: drop the new record */
#define S390_LOG_OVERWRITE	1	/* full: overwrite the oldest sub-buffer */

/**
 * struct s390_log_info - S390_LOG_IOC_INFO: geometry
 * @abi_version:	0x00 S390_LOG_ABI_VERSION
 * @mode:		0x04 S390_LOG_NO_OVERWRITE or S390_LOG_OVERWRITE
 * @n_cpus:		0x08 CPUs that can ever have a buffer
 * @subbuf_size:	0x0c bytes, a power of two
 * @n_subbufs:		0x10 per CPU
 * @reserved0:		0x14 zero
 * @position_size:	0x18 bytes to map at S390_LOG_MMAP_POSITION
 * @buffer_size:	0x20 bytes to map at S390_LOG_MMAP_BUFFER(cpu)
 * @events:		0x28 mask of the event IDs that this kernel knows
 * @reserved1:		0x2c zero
 * @memory:		0x30 bytes that buffers and position area take now
 */
struct s390_log_info {
	__u32	abi_version;
	__u32	mode;
	__u32	n_cpus;
	__u32	subbuf_size;
	__u32	n_subbufs;
	__u32	reserved0;
	__u64	position_size;
	__u64	buffer_size;
	__u32	events;
	__u32	reserved1;
	__u64	memory;
};

/*
 * mmap() offsets. PROT_READ only (EPERM), MAP_SHARED only, and whole only: a
 * length other than position_size or buffer_size is EINVAL. ENXIO: the CPU has
 * never been online and has no buffer yet.
 */
#define S390_LOG_MMAP_POSITION		0ULL
#define S390_LOG_MMAP_BUFFER(cpu)	(((__u64)(cpu) + 1) << 32)

/**
 * struct s390_log_consumed - S390_LOG_IOC_CONSUMED: give sub-buffers back
 * @cpu:	0x00
 * @reserved:	0x04 zero
 * @consumed:	0x08 all sub-buffers with a lower number are done with
 *
 * EPERM: this file is not the consumer. EINVAL: fewer than before, or more than
 * are complete. ENXIO: the CPU has no buffer.
 */
struct s390_log_consumed {
	__u32	cpu;
	__u32	reserved;
	__u64	consumed;
};

/*
 * S390_LOG_IOC_CONSUMER: make this file the consumer. It must be open for
 * writing (EBADF). EBUSY: another file is. Until the file is closed.
 *
 * S390_LOG_IOC_TAKEN: the number up to which the consumer answers for every
 * event. Consumer only (EPERM). EINVAL: lower than before, or not yet emitted.
 *
 * S390_LOG_IOC_MODE: change the mode, for all CPUs; when the call returns, no
 * writer follows the old one any more. EBADF: not open for writing. EBUSY:
 * another file is the consumer, and must know how it reads.
 *
 * S390_LOG_IOC_SEEN: sequence number up to which this file needs no POLLIN.
 * EINVAL: there has been no such event yet.
 *
 * S390_LOG_IOC_DEMAND: the events of KEVENT_S390_ON_DEMAND that the consumer wants,
 * from now on, until it says otherwise or is closed. Consumer only (EPERM).
 * EINVAL: another event.
 *
 * S390_LOG_IOC_THRESHOLD: events after the one seen at which this file has
 * POLLIN, from 1 to 2147483647 (EINVAL).
 */
#define S390_LOG_IOC_MAGIC	0xeb
#define S390_LOG_IOC_INFO	_IOR(S390_LOG_IOC_MAGIC, 0x20, struct s390_log_info)
#define S390_LOG_IOC_CONSUMER	_IO(S390_LOG_IOC_MAGIC, 0x21)
#define S390_LOG_IOC_CONSUMED	_IOW(S390_LOG_IOC_MAGIC, 0x22, struct s390_log_consumed)
#define S390_LOG_IOC_SEEN	_IOW(S390_LOG_IOC_MAGIC, 0x24, __u64)
#define S390_LOG_IOC_TAKEN	_IOW(S390_LOG_IOC_MAGIC, 0x25, __u64)
#define S390_LOG_IOC_MODE	_IOW(S390_LOG_IOC_MAGIC, 0x26, __u32)
#define S390_LOG_IOC_THRESHOLD	_IOW(S390_LOG_IOC_MAGIC, 0x27, __u64)
#define S390_LOG_IOC_DEMAND	_IOW(S390_LOG_IOC_MAGIC, 0x28, __u32)

#endif /* _UAPI_LINUX_S390_LOG_H */
