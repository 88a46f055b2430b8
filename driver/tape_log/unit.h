/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ccw devices that are no tape drives, and how much of their unit checks is
 * told
 *
 * To some devices a unit check is daily bread: a display that somebody has
 * switched off, a disk on which space is allocated as it is written. So a device
 * has TAPE_LOG_UNIT_TOLD events in TAPE_LOG_UNIT_WINDOW. Further unit checks are
 * counted, and the last of them is told with their number when the time is over:
 * each is an event, or in the number of one that follows.
 *
 * Locks: tape_log_units_lock (mutex) guards who is in the table; readers use RCU.
 * unit->lock guards what was told. It is taken with interrupts off: most callers
 * hold the lock of a subchannel.
 */
#ifndef _TAPE_LOG_UNIT_H
#define _TAPE_LOG_UNIT_H

#include <asm/schid.h>
#include <linux/list.h>
#include <linux/s390_log.h>
#include <linux/spinlock.h>

struct ccw_device;

#define TAPE_LOG_UNIT_TOLD	5
#define TAPE_LOG_UNIT_WINDOW	(10 * HZ)

/**
 * struct tape_log_unit - a ccw device that is no drive
 * @node:	in the table, by @device
 * @device:	its S390_LOG_DEVICE()
 * @cu_type:	and the rest: as in struct ccw_device_id
 * @awaiting:	see unitcheck.c, which guards it and the next two
 * @schid:	the subchannel from which sense bytes are to come
 * @unsensed:	the unit check that waits for them
 * @lock:	guards the rest
 * @window:	when the first of @told events came, in jiffies
 * @told:	how many events came since
 * @suppressed:	unit checks that have not been told
 * @last:	the last of them
 */
struct tape_log_unit {
	struct hlist_node	node;
	u32			device;
	u16			cu_type, dev_type;
	u8			cu_model, dev_model;

	struct list_head	awaiting;
	struct subchannel_id	schid;
	struct s390_log_unit_check unsensed;

	spinlock_t		lock;	/* see above */
	unsigned long		window;
	unsigned int		told;
	u32			suppressed;
	struct s390_log_unit_check last;
};

/* unit.c */
struct tape_log_unit *tape_log_unit_find(u32 device);
void tape_log_unit_tell(struct tape_log_unit *unit, struct s390_log_unit_check *check);
void tape_log_unit_add(struct ccw_device *cdev);
void tape_log_unit_remove(struct ccw_device *cdev);
void tape_log_unit_remove_all(void);

/* unitcheck.c */
void tape_log_unitcheck_forget(struct tape_log_unit *unit);
void tape_log_unitcheck_init(void);
void tape_log_unitcheck_exit(void);

#endif /* _TAPE_LOG_UNIT_H */
