/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the kernels that we build for, in one place, but for
 * relay: s390_log/relay_compat.h. The oldest is 6.1. COMPAT_HAVE_... is from
 * driver/Kbuild, which looks into the kernel's headers.
 */
#ifndef _S390_LOG_COMPAT_H
#define _S390_LOG_COMPAT_H

#include <linux/mm.h>
#include <linux/timekeeping.h>

#ifndef COMPAT_HAVE_VM_FLAGS_MOD
static inline void vm_flags_mod(struct vm_area_struct *vma, vm_flags_t set, vm_flags_t clear)
{
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
}
#endif

/**
 * compat_real_snapshot() - the time, and the clock source's counter at that moment
 * @cycles:	gets the counter
 *
 * Return: nanoseconds since the epoch
 */
static inline u64 compat_real_snapshot(u64 *cycles)
{
	struct system_time_snapshot now;

#ifdef COMPAT_HAVE_SNAPSHOT_ID
	ktime_get_snapshot_id(CLOCK_REALTIME, &now);
	*cycles = now.cycles;
	return ktime_to_ns(now.systime);
#else
	ktime_get_snapshot(&now);
	*cycles = now.cycles;
	return ktime_to_ns(now.real);
#endif
}

/**
 * compat_mmap_readonly() - refuse what is not for reading only, now and by mprotect()
 * @vma:	a mapping that is being made
 * @size:	bytes it must have, a multiple of the page size
 *
 * Return: 0, -EPERM if it is writable or executable, -EINVAL if it is private or partial
 */
static inline int compat_mmap_readonly(struct vm_area_struct *vma, unsigned long size)
{
	if (vma->vm_flags & (VM_WRITE | VM_EXEC))
		return -EPERM;
	if (!(vma->vm_flags & VM_MAYSHARE) || vma->vm_end - vma->vm_start != size)
		return -EINVAL;
	vm_flags_mod(vma, VM_DONTEXPAND | VM_DONTDUMP, VM_MAYWRITE | VM_MAYEXEC);
	return 0;
}

#endif /* _S390_LOG_COMPAT_H */
