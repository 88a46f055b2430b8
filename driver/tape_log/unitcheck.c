// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit checks of devices that are no watched tape drives: a tracepoint of the
 * common I/O layer, at which each interruption response block passes
 *
 * With concurrent sense the sense bytes are in it. Without, the common I/O layer
 * asks for them next, and its SENSE passes here, too. In transport mode they lie
 * where only the driver looks: then the event comes without them. What the common
 * I/O layer tries out by itself, and a device rejects, is no event.
 *
 * Lock: tape_log_unitcheck_lock guards who waits for sense bytes; it is taken
 * alone, with interrupts off.
 */
#include <asm/cio.h>
#include <asm/scsw.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "drive.h"
#include "schib.h"
#include "unit.h"

#define TAPE_LOG_TSCH_TRACEPOINT	"s390_cio_tsch"

#define TAPE_LOG_SENSE0_REJECT	0x80

/* What the common I/O layer tries out. */
#define TAPE_LOG_CMD_SENSE_PGID	0x34
#define TAPE_LOG_CMD_SET_PGID	0xaf
#define TAPE_LOG_CMD_SENSE_ID	0xe4

static struct tracepoint *tape_log_unitcheck_tracepoint;

static LIST_HEAD(tape_log_unitcheck_awaiting);
static DEFINE_SPINLOCK(tape_log_unitcheck_lock);

static void tape_log_unitcheck_await(struct tape_log_unit *unit, struct subchannel_id schid,
				     const struct s390_log_unit_check *check)
{
	unsigned long flags;

	spin_lock_irqsave(&tape_log_unitcheck_lock, flags);
	unit->schid = schid;
	unit->unsensed = *check;
	if (list_empty(&unit->awaiting))
		list_add_tail(&unit->awaiting, &tape_log_unitcheck_awaiting);
	spin_unlock_irqrestore(&tape_log_unitcheck_lock, flags);
}

/* Takes a unit that waits for sense bytes off the list, with its unit check. */
static struct tape_log_unit *tape_log_unitcheck_take(struct subchannel_id schid,
						     struct s390_log_unit_check *check)
{
	struct tape_log_unit *unit, *found = NULL;
	unsigned long flags;

	spin_lock_irqsave(&tape_log_unitcheck_lock, flags);
	list_for_each_entry(unit, &tape_log_unitcheck_awaiting, awaiting) {
		if (memcmp(&unit->schid, &schid, sizeof(schid)))
			continue;
		found = unit;
		*check = unit->unsensed;
		list_del_init(&unit->awaiting);
		break;
	}
	spin_unlock_irqrestore(&tape_log_unitcheck_lock, flags);
	return found;
}

/* The device whose interrupt this is; NULL if it is not one of ours. */
static struct tape_log_unit *tape_log_unitcheck_of(struct subchannel_id schid)
{
	struct tape_log_schib schib;

	if (stsch(schid, (struct schib *)&schib) || !(schib.flags & TAPE_LOG_SCHIB_DEVNO_VALID))
		return NULL;
	return tape_log_unit_find(S390_LOG_DEVICE(0, schid.ssid, schib.devno));
}

static bool tape_log_unitcheck_is_trial(const struct s390_log_unit_check *check)
{
	switch (check->command) {
	case TAPE_LOG_CMD_SENSE_PGID:
	case TAPE_LOG_CMD_SET_PGID:
	case TAPE_LOG_CMD_SENSE_ID:
		return check->sense[0] & TAPE_LOG_SENSE0_REJECT;
	}
	return false;
}

static void tape_log_unitcheck_sensed(struct tape_log_unit *unit,
				      struct s390_log_unit_check *check, unsigned int length)
{
	check->flags |= length ? S390_LOG_UNIT_CHECK_SENSED : 0;
	check->sense_length = length;
	if (!tape_log_unitcheck_is_trial(check))
		tape_log_unit_tell(unit, check);
}

/* The status that a unit check without sense bytes waited for, or another. */
static void tape_log_unitcheck_after(struct subchannel_id schid, struct irb *irb)
{
	struct s390_log_unit_check check;
	struct tape_log_unit *unit;
	unsigned int length;
	u8 sense[TAPE_LOG_SENSE_SIZE];

	length = scsw_is_tm(&irb->scsw) ? 0 : tape_log_ccw_sense(irb, sense);
	/* The device may still have to end the operation before it can be asked. */
	if (!length && !(scsw_fctl(&irb->scsw) & (SCSW_FCTL_HALT_FUNC | SCSW_FCTL_CLEAR_FUNC)) &&
	    !(scsw_dstat(&irb->scsw) & DEV_STAT_UNIT_CHECK))
		return;
	unit = tape_log_unitcheck_take(schid, &check);
	if (!unit)
		return;
	if (length)
		memcpy(check.sense, sense, length);
	tape_log_unitcheck_sensed(unit, &check, length);
}

static void tape_log_unitcheck_checked(struct subchannel_id schid, struct irb *irb)
{
	struct tape_log_unit *unit = tape_log_unitcheck_of(schid);
	struct s390_log_unit_check check = {
		.unit_status	= scsw_dstat(&irb->scsw),
		.channel_status	= scsw_cstat(&irb->scsw),
		.flags		= scsw_is_solicited(&irb->scsw) ? 0 :
				  S390_LOG_UNIT_CHECK_UNSOLICITED,
	};
	unsigned int length;
	struct ccw1 ccw;

	if (!unit)
		return;
	check.cu_type = unit->cu_type;
	check.dev_type = unit->dev_type;
	check.cu_model = unit->cu_model;
	check.dev_model = unit->dev_model;
	if (scsw_is_tm(&irb->scsw)) {
		tape_log_unit_tell(unit, &check);
		return;
	}
	if (tape_log_ccw_ended(irb, &ccw))
		check.command = ccw.cmd_code;
	if (!irb->esw.esw0.erw.cons) {
		tape_log_unitcheck_await(unit, schid, &check);
		return;
	}
	length = min_t(unsigned int, irb->esw.esw0.erw.scnt, sizeof(check.sense));
	memcpy(check.sense, irb->ecw, length);
	tape_log_unitcheck_sensed(unit, &check, length);
}

static void tape_log_unitcheck_tsch(void *data, struct subchannel_id schid, struct irb *irb, int cc)
{
	if (cc || !(scsw_stctl(&irb->scsw) & SCSW_STCTL_STATUS_PEND))
		return;
	rcu_read_lock();
	if (unlikely(!list_empty(&tape_log_unitcheck_awaiting)))
		tape_log_unitcheck_after(schid, irb);
	if (unlikely(scsw_dstat(&irb->scsw) & DEV_STAT_UNIT_CHECK))
		tape_log_unitcheck_checked(schid, irb);
	rcu_read_unlock();
}

/**
 * tape_log_unitcheck_forget() - a device goes for good
 * @unit:	the device; it cannot be found in the table any more
 */
void tape_log_unitcheck_forget(struct tape_log_unit *unit)
{
	struct s390_log_unit_check check;
	bool awaited;

	spin_lock_irq(&tape_log_unitcheck_lock);
	awaited = !list_empty(&unit->awaiting);
	check = unit->unsensed;
	list_del_init(&unit->awaiting);
	spin_unlock_irq(&tape_log_unitcheck_lock);
	if (awaited)
		tape_log_unitcheck_sensed(unit, &check, 0);
}

static void tape_log_unitcheck_find(struct tracepoint *tracepoint, void *data)
{
	if (!strcmp(tracepoint->name, TAPE_LOG_TSCH_TRACEPOINT))
		tape_log_unitcheck_tracepoint = tracepoint;
}

void tape_log_unitcheck_init(void)
{
	int rc = -ENOENT;

	for_each_kernel_tracepoint(tape_log_unitcheck_find, NULL);
	if (tape_log_unitcheck_tracepoint)
		rc = tracepoint_probe_register(tape_log_unitcheck_tracepoint,
					       tape_log_unitcheck_tsch, NULL);
	if (rc) {
		pr_warn("tape_log: no tracepoint %s (%d): unit checks of other devices go unseen\n",
			TAPE_LOG_TSCH_TRACEPOINT, rc);
		tape_log_unitcheck_tracepoint = NULL;
	}
}

void tape_log_unitcheck_exit(void)
{
	if (!tape_log_unitcheck_tracepoint)
		return;
	tracepoint_probe_unregister(tape_log_unitcheck_tracepoint, tape_log_unitcheck_tsch, NULL);
	tracepoint_synchronize_unregister();
}
