// SPDX-License-Identifier: GPL-2.0-only
/*
 * Channel report words, as the machine stores them: a tracepoint of the common
 * I/O layer
 */
#include <asm/crw.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "drive.h"

#define TAPE_LOG_CRW_TRACEPOINT	"s390_cio_stcrw"

static struct tracepoint *tape_log_crw_tracepoint;

static void tape_log_crw_stored(void *data, struct crw *crw, int cc)
{
	struct s390_log_crw payload = { };

	if (cc)
		return;		/* none was pending */
	payload.flags = (crw->slct ? S390_LOG_CRW_SOLICITED : 0) |
			(crw->oflw ? S390_LOG_CRW_OVERFLOW : 0) |
			(crw->chn ? S390_LOG_CRW_CHAINED : 0) |
			(crw->anc ? S390_LOG_CRW_ANCILLARY : 0);
	payload.source = crw->rsc;
	payload.recovery = crw->erc;
	payload.source_id = crw->rsid;
	s390_log_emit(KEVENT_S390_CRW, 0, 0, &payload, sizeof(payload));
}

static void tape_log_crw_find(struct tracepoint *tracepoint, void *data)
{
	if (!strcmp(tracepoint->name, TAPE_LOG_CRW_TRACEPOINT))
		tape_log_crw_tracepoint = tracepoint;
}

void tape_log_crw_init(void)
{
	int rc = -ENOENT;

	for_each_kernel_tracepoint(tape_log_crw_find, NULL);
	if (tape_log_crw_tracepoint)
		rc = tracepoint_probe_register(tape_log_crw_tracepoint, tape_log_crw_stored, NULL);
	if (rc) {
		pr_warn("tape_log: no tracepoint %s (%d): channel reports go unseen\n",
			TAPE_LOG_CRW_TRACEPOINT, rc);
		tape_log_crw_tracepoint = NULL;
	}
}

void tape_log_crw_exit(void)
{
	if (!tape_log_crw_tracepoint)
		return;
	tracepoint_probe_unregister(tape_log_crw_tracepoint, tape_log_crw_stored, NULL);
	tracepoint_synchronize_unregister();
}
