// SPDX-License-Identifier: GPL-2.0-only
/*
 * The CCW at which an operation ended, and what a SENSE brought
 *
 * The subchannel status has the address behind the last CCW, so that nothing of
 * a driver's own need be known. It comes from the machine, and after a program
 * check it may be anything: it is read with care.
 */
#include <asm/ccwdev.h>
#include <asm/cio.h>
#include <linux/io.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "drive.h"

#define TAPE_LOG_CMD_SENSE	0x04

/**
 * tape_log_ccw_ended() - the CCW at which an operation ended
 * @irb:	the interrupt, of a CCW channel program that is not freed yet
 * @ccw:	gets it
 *
 * Return: false if there is none
 */
bool tape_log_ccw_ended(const struct irb *irb, struct ccw1 *ccw)
{
	u32 cpa = (__force u32)irb->scsw.cmd.cpa;

	if (!(irb->scsw.cmd.fctl & SCSW_FCTL_START_FUNC))
		return false;
	if (cpa < sizeof(*ccw) || !IS_ALIGNED(cpa, sizeof(*ccw)))
		return false;
	return !copy_from_kernel_nofault(ccw, phys_to_virt(cpa - sizeof(*ccw)), sizeof(*ccw));
}

/**
 * tape_log_ccw_sense() - the bytes of a SENSE that has just ended
 * @irb:	the interrupt
 * @sense:	gets TAPE_LOG_SENSE_SIZE bytes, zeroes behind; a 3480 has 24, a
 *		3490 has 32
 *
 * Return: how many there are; 0 if it was no SENSE, or one that failed
 */
unsigned int tape_log_ccw_sense(const struct irb *irb, u8 *sense)
{
	const struct cmd_scsw *scsw = &irb->scsw.cmd;
	unsigned int length;
	struct ccw1 ccw;

	/* The driver asks for 32 bytes: a 3480 ends with an incorrect length. */
	if (scsw->dstat != (DEV_STAT_CHN_END | DEV_STAT_DEV_END) || scsw->cc ||
	    scsw->cstat & ~SCHN_STAT_INCORR_LEN)
		return 0;
	if (!tape_log_ccw_ended(irb, &ccw) || ccw.cmd_code != TAPE_LOG_CMD_SENSE ||
	    ccw.flags & CCW_FLAG_IDA || ccw.count <= scsw->count)
		return 0;
	length = min_t(unsigned int, ccw.count - scsw->count, TAPE_LOG_SENSE_SIZE);
	memset(sense, 0, TAPE_LOG_SENSE_SIZE);
	if (copy_from_kernel_nofault(sense, phys_to_virt((__force u32)ccw.cda), length))
		return 0;
	return length;
}
