/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which device is behind a subchannel: what the machine says
 *
 * The common I/O layer exports stsch(), but declares it only in a header of its
 * own. The layout of what it stores is the architecture's.
 */
#ifndef _TAPE_LOG_SCHIB_H
#define _TAPE_LOG_SCHIB_H

#include <asm/schid.h>
#include <asm/scsw.h>
#include <linux/types.h>

struct schib;
int stsch(struct subchannel_id schid, struct schib *schib);

/**
 * struct tape_log_schib - a subchannel information block
 * @interruption_parameter: 0x00
 * @flags:	0x04 whether it is enabled; the last bit: there is a device, and @devno is
 *		valid
 * @devno:	0x06
 * @paths:	0x08
 * @scsw:	0x1c the subchannel status
 * @measurement: 0x28
 */
struct tape_log_schib {
	u32	interruption_parameter;
	u16	flags;
	u16	devno;
	u8	paths[20];
	union scsw scsw;
	u8	measurement[12];
} __packed __aligned(4);

#define TAPE_LOG_SCHIB_ENABLED		0x0080
#define TAPE_LOG_SCHIB_DEVNO_VALID	0x0001

#endif /* _TAPE_LOG_SCHIB_H */
