/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tape_log: watch the tape drives and the channel subsystem
 *
 * What it does: it attaches to the stock tape driver while that is loaded, looks
 * at each interrupt of each 3480 and 3490 before the driver gets it, and emits
 * an event when a cartridge comes or goes. It listens to the ccw bus and emits
 * an event when a device comes or goes.
 *
 * What it does not do: it starts no I/O but for what is said in label.c, which
 * only happens if the log's consumer asks for it; it changes no request, and keeps
 * nothing from the driver. The one thing it adds: a drive that reports a change of
 * cartridge by a bare device end, as Hercules does, is presented to the driver
 * as ready, for which alone the driver looks at the medium.
 *
 * Settling. After an interrupt that announces a change, the driver's SENSE tells
 * whether a cartridge is there. The first one after an unmount on Hercules is
 * empty: not even the bit is set that says that the drive is online. Such a
 * sense says nothing, and the driver is asked to look again. Only then an event
 * is emitted, so that a mount that failed is not reported as a load. Until a
 * drive has answered once, nothing is known of it: that it turns out to be empty
 * then is no event.
 *
 * Locks. A drive's handler runs under its ccw device's lock, in interrupt
 * context; the same lock guards the change of cdev->handler, so that nobody is
 * in our handler once it is replaced. drive->lock is taken inside and guards
 * what is known of the medium, because the tape driver also tells us from task
 * context. tape_log_drives_lock (mutex) guards who is in the table of drives;
 * readers use RCU.
 */
#ifndef _TAPE_LOG_DRIVE_H
#define _TAPE_LOG_DRIVE_H

#include <asm/ccwdev.h>
#include <asm/cio.h>
#include <linux/hashtable.h>
#include <linux/ktime.h>
#include <linux/rcupdate.h>
#include <linux/s390_log.h>
#include <linux/spinlock.h>

#define TAPE_LOG_SENSE_SIZE	32
#define TAPE_LOG_SENSE_MIN	8	/* what every 3480 and 3490 has */

/* Sense bytes 0 and 1 of a 3480 and 3490. */
#define TAPE_LOG_SENSE0_INTERVENTION	0x40	/* no cartridge, or not ready */
#define TAPE_LOG_SENSE1_ONLINE		0x40
#define TAPE_LOG_SENSE1_PROTECTED	0x02

/*
 * A bare device end so soon after the last, with a cartridge in place both times,
 * is an echo. No hand and no robot is that fast.
 */
#define TAPE_LOG_ECHO_NS	(40 * NSEC_PER_MSEC)

/* How often a drive may answer a SENSE with nothing. */
#define TAPE_LOG_MAX_RETRIES	4

enum tape_log_medium {
	TAPE_LOG_UNKNOWN,
	TAPE_LOG_LOADED,
	TAPE_LOG_UNLOADED,
};

struct tape_log_label;

/**
 * struct tape_log_drive - a drive of the stock tape driver
 * @node:	in the table, by @cdev
 * @cdev:	the device; a reference is held
 * @handler:	the tape driver's interrupt handler
 * @device:	its S390_LOG_DEVICE()
 * @lock:	guards the rest
 * @medium:	what the events said so far
 * @origin:	S390_LOG_ORIGIN_* that announced a change which no sense has
 *		settled yet, or 0
 * @announced_ns: when that was, on CLOCK_MONOTONIC
 * @retries:	senses that said nothing since then
 * @sense:	the last sense that said something
 * @load:	number of the event that told of the cartridge; 0 if there is none,
 *		or if it may be another one meanwhile
 * @intparm:	of the interrupt that the tape driver handles right now, or 0
 * @restarted:	the driver has started that request again
 * @error_event: the event of the first error of a request that was started
 *		again, or 0
 * @error:	that error, and in any case how often it was started again
 * @end_told:	the log knows that the tape is at its end
 * @label:	what label.c needs to read the beginning of the tape
 */
struct tape_log_drive {
	struct hlist_node	node;
	struct ccw_device	*cdev;
	void			(*handler)(struct ccw_device *cdev, unsigned long intparm,
					   struct irb *irb);
	u32			device;

	spinlock_t		lock;	/* see above */
	enum tape_log_medium	medium;
	u8			origin;
	u64			announced_ns;
	unsigned int		retries;
	u8			sense[TAPE_LOG_SENSE_SIZE];
	u64			load;

	/* Under the ccw device's lock. */
	unsigned long		intparm;
	bool			restarted;
	u32			error_event;
	struct s390_log_tape_error error;
	bool			end_told;
	struct tape_log_label	*label;
};

/*
 * Without concurrent sense the common I/O layer fetches the bytes before it calls
 * a handler, and sets the bit then. If it could not, there are none.
 */
static inline bool tape_log_sensed(const struct irb *irb)
{
	return irb->scsw.cmd.dstat & DEV_STAT_UNIT_CHECK && irb->esw.esw0.erw.cons;
}

/* ccw.c */
bool tape_log_ccw_ended(const struct irb *irb, struct ccw1 *ccw);
unsigned int tape_log_ccw_sense(const struct irb *irb, u8 *sense);

/* drive.c */
bool tape_log_drive_supported(const struct ccw_device *cdev);
void tape_log_drive_attach(struct ccw_device *cdev);
void tape_log_drive_detach(struct ccw_device *cdev);
void tape_log_drive_detach_all(void);
struct tape_log_drive *tape_log_drive_find(const struct ccw_device *cdev);
struct tape_log_drive *tape_log_drive_find_data(const void *drvdata);

/* handler.c */
void tape_log_handler(struct ccw_device *cdev, unsigned long intparm, struct irb *irb);
void tape_log_handler_look(struct tape_log_drive *drive);

/* medium.c */
void tape_log_medium_announced(struct tape_log_drive *drive, u8 origin);
bool tape_log_medium_sensed(struct tape_log_drive *drive, const u8 *sense);
void tape_log_medium_checked(struct tape_log_drive *drive, const u8 *sense);
void tape_log_medium_told(struct tape_log_drive *drive, enum tape_log_medium medium);
u64 tape_log_medium_load(struct tape_log_drive *drive);

/* label.c */
struct tape_log_label *tape_log_label_create(struct tape_log_drive *drive);
void tape_log_label_stop(struct tape_log_drive *drive);
void tape_log_label_destroy(struct tape_log_label *label);
void tape_log_label_read(struct tape_log_drive *drive);
void tape_log_label_cleared(struct tape_log_drive *drive);
bool tape_log_label_interrupt(struct tape_log_drive *drive, unsigned long intparm,
			      const struct irb *irb);

/* medstate.c */
int tape_log_medstate_init(void);
void tape_log_medstate_exit(void);

/* error.c */
void tape_log_error_ended(struct tape_log_drive *drive, const struct s390_log_tape_error *end,
			  bool cancelled);
void tape_log_error_fill(struct tape_log_drive *drive, struct s390_log_tape_error *error,
			 const struct irb *irb);
void tape_log_error_killed(struct tape_log_drive *drive, int why);
void tape_log_error_unsolicited(struct tape_log_drive *drive, const struct irb *irb);

/* missed.c */
struct kretprobe;
void tape_log_missed_tell(unsigned long *told, unsigned long missed, const char *symbol);
unsigned long tape_log_missed_by(const struct kretprobe *probe);

/* restart.c */
void tape_log_restart_init(void);
void tape_log_restart_exit(void);

/* devstate.c */
void tape_log_devstate_forget(struct ccw_device *cdev);
void tape_log_devstate_init(void);
void tape_log_devstate_exit(void);

/* crw.c */
void tape_log_crw_init(void);
void tape_log_crw_exit(void);

/* ccwbus.c */
void tape_log_ccwbus_emit(struct ccw_device *cdev, u32 event);
int tape_log_ccwbus_init(void);
void tape_log_ccwbus_exit(void);
u32 tape_log_ccwbus_device(struct ccw_device *cdev);

#endif /* _TAPE_LOG_DRIVE_H */
