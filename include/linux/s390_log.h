/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * s390_log for event sources in the kernel
 *
 * Each call gives the event the next number, writes its record, and makes the
 * kevents that ask for it ready. All may be called from task, softirq and
 * hardirq context, with any lock held under which a task may be woken; not from
 * NMI or machine check. They do not sleep and do not allocate.
 */
#ifndef _LINUX_S390_LOG_H
#define _LINUX_S390_LOG_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <uapi/linux/s390_log.h>

u64 s390_log_emit(u32 event, u32 device, u16 flags, const void *payload, size_t length);
u64 kevent_s390_log_notify(u32 event);
bool s390_log_demanded(u32 event);
__printf(1, 2) u64 s390_log_printf(const char *fmt, ...);

#endif /* _LINUX_S390_LOG_H */
