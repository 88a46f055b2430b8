// SPDX-License-Identifier: MIT
/*
 * cksm_fix: TCP for Linux 6.12 on a machine without vector instructions
 *
 * Such a machine is Hercules. There, csum_partial() of 6.12 sums up what lies at
 * address 0 instead of what it was asked for: every TCP segment that comes in has a
 * wrong checksum, and so has every one that goes out. This module answers in its
 * place. It is for the lab's guest, not for use elsewhere.
 */
#include <linux/kprobes.h>
#include <linux/module.h>

static u32 cksm(unsigned long address, unsigned long length, u32 sum)
{
	register unsigned long even asm("2") = address;
	register unsigned long odd asm("3") = length;

	asm volatile("0:	cksm	%0,%1\n"
		     "	jo	0b\n"
		     : "+&d" (sum), "+&d" (even), "+&d" (odd) : : "cc", "memory");
	return sum;
}

/* csum_partial(buffer, length, sum): arguments in r2 to r4, result in r2. */
static int cksm_fix_csum_partial(struct kprobe *probe, struct pt_regs *regs)
{
	regs->gprs[2] = cksm(regs->gprs[2], (u32)regs->gprs[3], (u32)regs->gprs[4]);
	instruction_pointer_set(regs, regs->gprs[14]);
	return 1;
}

static struct kprobe cksm_fix_probe = {
	.symbol_name	= "csum_partial",
	.pre_handler	= cksm_fix_csum_partial,
};

static int __init cksm_fix_init(void)
{
	return register_kprobe(&cksm_fix_probe);
}

static void __exit cksm_fix_exit(void)
{
	unregister_kprobe(&cksm_fix_probe);
}

module_init(cksm_fix_init);
module_exit(cksm_fix_exit);

MODULE_DESCRIPTION("Repairs csum_partial() of 6.12 on machines without vector instructions");
MODULE_LICENSE("Dual MIT/GPL");
