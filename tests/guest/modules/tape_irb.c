// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts of tape drives that Hercules does not raise, for the tests. What is
 * written to /sys/module/tape_irb/parameters takes effect. Never installed.
 *
 * An unsolicited interrupt is presented to cdev->handler as the common I/O layer
 * does it. A solicited one belongs to a request of the tape driver, so that none
 * can be invented: the status of a real one is changed on its way. For this our
 * handler stands before that of tape_log, which must stay until we have gone.
 *
 * Locks: the ccw device's guards cdev->handler and what is to be changed.
 */
#include <asm/ccwdev.h>
#include <asm/cio.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/kmemleak.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "tape_irb.h"

#define TAPE_IRB_DRIVES		8
#define TAPE_IRB_CHAIN		4	/* longest channel program of the tape driver */
#define TAPE_IRB_SENSE		32
#define TAPE_IRB_UNSOLICITED	0x00	/* as a command */
#define TAPE_IRB_NOP		0x03
#define TAPE_IRB_READ_BLOCK_ID	0x22

enum tape_irb_how {
	TAPE_IRB_CHANGED,
	TAPE_IRB_LOST,		/* nobody hears of it */
	TAPE_IRB_STALLED,	/* the drive goes on until it is cleared */
};

/* What the next interrupts that end a command become. */
struct tape_irb_change {
	enum tape_irb_how how;
	unsigned int	times;
	int		error;		/* an error pointer, or 0 for what follows */
	u8		command;
	u8		dstat;
	u8		cstat;
	u8		cc;
	bool		sensed;
	u8		sense[TAPE_IRB_SENSE];
};

struct tape_irb_drive {
	struct ccw_device	*cdev;	/* a reference is held */
	void			(*handler)(struct ccw_device *cdev, unsigned long intparm,
					   struct irb *irb);
	struct tape_irb_change	change;
	struct tape_irb_change	next;	/* when that is over */
};

/* Parameters are written one at a time. */
static struct tape_irb_drive tape_irb_drives[TAPE_IRB_DRIVES];

/*
 * A channel program without an end: where is the tape, again and again. Below 2 GB;
 * never freed, as a drive may be at it.
 */
struct tape_irb_endless {
	struct ccw1	ccws[2];
	u32		where[2];
};

static struct tape_irb_endless *tape_irb_endless;

static struct ccw_device *tape_irb_device(unsigned int ssid, unsigned int devno)
{
	struct ccw_dev_id id = { .ssid = ssid, .devno = devno };

	return get_ccwdev_by_dev_id(&id);
}

static struct tape_irb_drive *tape_irb_find(const struct ccw_device *cdev)
{
	unsigned int i;

	for (i = 0; i < TAPE_IRB_DRIVES; i++)
		if (tape_irb_drives[i].cdev == cdev)
			return &tape_irb_drives[i];
	return NULL;
}

/*
 * An operation that fails at a CCW ends there, and not at the end of its chain. Only
 * what does nothing may stand behind it: what lies before the program is not known.
 */
static bool tape_irb_end_at(u8 command, const struct irb *irb, u32 *cpa)
{
	const struct ccw1 *ccw;
	unsigned int i;

	*cpa = (__force u32)irb->scsw.cmd.cpa;
	for (i = 0; i < TAPE_IRB_CHAIN && *cpa > sizeof(*ccw); i++, *cpa -= sizeof(*ccw)) {
		ccw = phys_to_virt(*cpa - sizeof(*ccw));
		if (i && !(ccw->flags & CCW_FLAG_CC))
			return false;
		if (ccw->cmd_code == command)
			return true;
		if (ccw->cmd_code != TAPE_IRB_NOP)
			return false;
	}
	return false;
}

static void tape_irb_fill(struct irb *irb, const struct tape_irb_change *change)
{
	irb->scsw.cmd.dstat = change->dstat;
	irb->scsw.cmd.cstat = change->cstat;
	irb->scsw.cmd.cc = change->cc;
	irb->esw.esw0.erw.cons = change->sensed;
	irb->esw.esw0.erw.scnt = change->sensed ? TAPE_IRB_SENSE : 0;
	memcpy(irb->ecw, change->sense, TAPE_IRB_SENSE);
}

static void tape_irb_handler(struct ccw_device *cdev, unsigned long intparm, struct irb *irb)
{
	struct tape_irb_drive *drive = tape_irb_find(cdev);
	struct tape_irb_change *change = &drive->change;
	struct irb changed;
	u32 cpa = 0;

	if (IS_ERR(irb) || !change->times || !intparm != !change->command ||
	    (intparm && !tape_irb_end_at(change->command, irb, &cpa))) {
		drive->handler(cdev, intparm, irb);
		return;
	}
	if (change->how != TAPE_IRB_CHANGED) {
		const bool stalled = change->how == TAPE_IRB_STALLED;

		change->times = 0;
		if (stalled)
			ccw_device_start(cdev, tape_irb_endless->ccws, intparm, 0, 0);
		return;
	}
	changed = *irb;
	changed.scsw.cmd.cpa = (__force typeof(changed.scsw.cmd.cpa))cpa;
	tape_irb_fill(&changed, change);
	irb = change->error ? ERR_PTR(change->error) : &changed;
	if (!--change->times) {
		*change = drive->next;
		drive->next.times = 0;
	}
	drive->handler(cdev, intparm, irb);
}

/* Puts us before whoever handles the device's interrupts. Takes the reference. */
static int tape_irb_wrap(struct ccw_device *cdev, const struct tape_irb_change *change)
{
	struct tape_irb_drive *drive = tape_irb_find(cdev);

	if (drive) {
		put_device(&cdev->dev);
	} else {
		drive = tape_irb_find(NULL);
		if (!drive || !cdev->handler) {
			put_device(&cdev->dev);
			return drive ? -ENXIO : -ENOSPC;
		}
	}
	spin_lock_irq(get_ccwdev_lock(cdev));
	if (drive->change.times)
		drive->next = *change;
	else
		drive->change = *change;
	if (!drive->cdev) {
		drive->cdev = cdev;
		drive->handler = cdev->handler;
		cdev->handler = tape_irb_handler;
	}
	spin_unlock_irq(get_ccwdev_lock(cdev));
	return 0;
}

static int tape_irb_sense(struct tape_irb_change *change, const char *text)
{
	unsigned int i;

	if (!strcmp(text, "-"))
		return 0;
	change->sensed = true;
	for (i = 0; i < TAPE_IRB_SENSE && text[2 * i]; i++)
		if (sscanf(text + 2 * i, "%2hhx", &change->sense[i]) != 1)
			return -EINVAL;
	return 0;
}

/*
 * change: "SSID.DEVNO COMMAND TIMES DSTAT CSTAT CC SENSE": so the next TIMES ends
 * of a COMMAND look. COMMAND 00 stands for unsolicited interrupts, SENSE "-" for
 * none. All but TIMES in hexadecimal. Another change can be lined up behind one.
 */
static int tape_irb_set_change(const char *value, const struct kernel_param *param)
{
	struct tape_irb_change change = { };
	unsigned int ssid, devno;
	struct ccw_device *cdev;
	char sense[2 * TAPE_IRB_SENSE + 1];

	if (sscanf(value, "%x.%x %hhx %u %hhx %hhx %hhx %64s", &ssid, &devno, &change.command,
		   &change.times, &change.dstat, &change.cstat, &change.cc, sense) != 8 ||
	    tape_irb_sense(&change, sense))
		return -EINVAL;
	cdev = tape_irb_device(ssid, devno);
	return cdev ? tape_irb_wrap(cdev, &change) : -ENODEV;
}

/* kill: "SSID.DEVNO COMMAND ERRNO": the next end of COMMAND is an error pointer. */
static int tape_irb_set_kill(const char *value, const struct kernel_param *param)
{
	struct tape_irb_change change = { .times = 1 };
	unsigned int ssid, devno;
	struct ccw_device *cdev;

	if (sscanf(value, "%x.%x %hhx %d", &ssid, &devno, &change.command, &change.error) != 4 ||
	    change.error >= 0 || change.error < -MAX_ERRNO)
		return -EINVAL;
	cdev = tape_irb_device(ssid, devno);
	return cdev ? tape_irb_wrap(cdev, &change) : -ENODEV;
}

/*
 * lose: "SSID.DEVNO COMMAND": nobody hears of the next end of COMMAND.
 * stall: the same, and the drive is busy until the subchannel is cleared.
 */
static int tape_irb_set_how(const char *value, const struct kernel_param *param)
{
	struct tape_irb_change change = {
		.times	= 1,
		.how	= *(const enum tape_irb_how *)param->arg,
	};
	unsigned int ssid, devno;
	struct ccw_device *cdev;

	if (sscanf(value, "%x.%x %hhx", &ssid, &devno, &change.command) != 3 || !change.command)
		return -EINVAL;
	cdev = tape_irb_device(ssid, devno);
	return cdev ? tape_irb_wrap(cdev, &change) : -ENODEV;
}

/* present: "SSID.DEVNO DSTAT SENSE": an unsolicited interrupt, now. */
static int tape_irb_set_present(const char *value, const struct kernel_param *param)
{
	struct tape_irb_change change = { };
	char sense[2 * TAPE_IRB_SENSE + 1];
	unsigned int ssid, devno;
	struct ccw_device *cdev;
	struct irb irb = { };
	int rc = -ENXIO;

	if (sscanf(value, "%x.%x %hhx %64s", &ssid, &devno, &change.dstat, sense) != 4 ||
	    tape_irb_sense(&change, sense))
		return -EINVAL;
	cdev = tape_irb_device(ssid, devno);
	if (!cdev)
		return -ENODEV;
	irb.scsw.cmd.stctl = SCSW_STCTL_ALERT_STATUS | SCSW_STCTL_STATUS_PEND;
	tape_irb_fill(&irb, &change);
	spin_lock_irq(get_ccwdev_lock(cdev));
	if (cdev->handler && cdev->online) {
		cdev->handler(cdev, 0, &irb);
		rc = 0;
	}
	spin_unlock_irq(get_ccwdev_lock(cdev));
	put_device(&cdev->dev);
	return rc;
}

/* The part of a subchannel information block that matters here. */
struct tape_irb_schib {
	u8	path_management[27];
	u8	flags;			/* the last byte of the PMCW */
	u8	rest[24];
} __packed __aligned(4);

#define TAPE_IRB_CONCURRENT_SENSE	0x01

static int tape_irb_modify(struct subchannel_id schid, bool concurrent)
{
	unsigned long r1 = *(unsigned int *)&schid;
	struct tape_irb_schib schib;
	int cc;

	asm volatile("	lgr	1,%[r1]\n"
		     "	stsch	%[schib]\n"
		     "	ipm	%[cc]\n"
		     "	srl	%[cc],28\n"
		     : [cc] "=&d" (cc), [schib] "=Q" (schib)
		     : [r1] "d" (r1)
		     : "cc", "1");
	if (cc)
		return -ENODEV;
	schib.flags &= ~TAPE_IRB_CONCURRENT_SENSE;
	schib.flags |= concurrent ? TAPE_IRB_CONCURRENT_SENSE : 0;
	asm volatile("	lgr	1,%[r1]\n"
		     "	msch	%[schib]\n"
		     "	ipm	%[cc]\n"
		     "	srl	%[cc],28\n"
		     : [cc] "=&d" (cc)
		     : [r1] "d" (r1), [schib] "Q" (schib)
		     : "cc", "1");
	return cc ? -EBUSY : 0;
}

/*
 * concurrent: "SSID.DEVNO 0|1": whether the subchannel has concurrent sense. If
 * not, sense bytes come after the status, when the common I/O layer asks.
 */
static int tape_irb_set_concurrent(const char *value, const struct kernel_param *param)
{
	unsigned int ssid, devno, concurrent;
	struct subchannel_id schid;
	struct ccw_device *cdev;
	int rc;

	if (sscanf(value, "%x.%x %u", &ssid, &devno, &concurrent) != 3 || concurrent > 1)
		return -EINVAL;
	cdev = tape_irb_device(ssid, devno);
	if (!cdev)
		return -ENODEV;
	spin_lock_irq(get_ccwdev_lock(cdev));
	ccw_device_get_schid(cdev, &schid);
	rc = tape_irb_modify(schid, concurrent);
	spin_unlock_irq(get_ccwdev_lock(cdev));
	put_device(&cdev->dev);
	return rc;
}

static const struct kernel_param_ops tape_irb_change_ops = { .set = tape_irb_set_change };
static const struct kernel_param_ops tape_irb_kill_ops = { .set = tape_irb_set_kill };
static const struct kernel_param_ops tape_irb_how_ops = { .set = tape_irb_set_how };
static const struct kernel_param_ops tape_irb_present_ops = { .set = tape_irb_set_present };
static const struct kernel_param_ops tape_irb_concurrent_ops = { .set = tape_irb_set_concurrent };

static const enum tape_irb_how tape_irb_lost = TAPE_IRB_LOST;
static const enum tape_irb_how tape_irb_stalled = TAPE_IRB_STALLED;

module_param_cb(change, &tape_irb_change_ops, NULL, 0200);
module_param_cb(kill, &tape_irb_kill_ops, NULL, 0200);
module_param_cb(lose, &tape_irb_how_ops, (void *)&tape_irb_lost, 0200);
module_param_cb(stall, &tape_irb_how_ops, (void *)&tape_irb_stalled, 0200);
module_param_cb(present, &tape_irb_present_ops, NULL, 0200);
module_param_cb(concurrent, &tape_irb_concurrent_ops, NULL, 0200);

static int __init tape_irb_init(void)
{
	struct tape_irb_endless *endless = kzalloc(sizeof(*endless), GFP_KERNEL | GFP_DMA);
	struct ccw1 *ccws;

	if (!endless)
		return -ENOMEM;
	kmemleak_not_leak(endless);
	ccws = endless->ccws;
	ccws[0].cmd_code = TAPE_IRB_READ_BLOCK_ID;
	ccws[0].flags = CCW_FLAG_CC | CCW_FLAG_SLI;
	ccws[0].count = sizeof(endless->where);
	ccws[1].cmd_code = CCW_CMD_TIC;
	/* A type of its own from 6.9 on. */
	ccws[0].cda = (__force typeof(ccws->cda))(u32)virt_to_phys(endless->where);
	ccws[1].cda = (__force typeof(ccws->cda))(u32)virt_to_phys(ccws);
	tape_irb_endless = endless;
	return 0;
}

static void __exit tape_irb_exit(void)
{
	struct tape_irb_drive *drive;

	for (drive = tape_irb_drives; drive < tape_irb_drives + TAPE_IRB_DRIVES; drive++) {
		if (!drive->cdev)
			continue;
		spin_lock_irq(get_ccwdev_lock(drive->cdev));
		if (drive->cdev->handler == tape_irb_handler)
			drive->cdev->handler = drive->handler;
		spin_unlock_irq(get_ccwdev_lock(drive->cdev));
		put_device(&drive->cdev->dev);
	}
}

module_init(tape_irb_init);
module_exit(tape_irb_exit);

MODULE_DESCRIPTION("Interrupts of tape drives for tests");
MODULE_LICENSE("GPL");
