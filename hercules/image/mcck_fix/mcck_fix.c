// SPDX-License-Identifier: MIT
/*
 * mcck_fix: channel reports for Linux 6.12 on a machine without vector instructions
 *
 * Such a machine is Hercules. A channel report, as of a drive that is attached or
 * detached, comes with a machine check. 6.12 stops at one whose code does not say that
 * the vector registers are valid (nmi_registers_valid(); 6.1 did so only if there are
 * any), and the emulator of a machine without them does not say so. This module stands
 * before the kernel's handler and says it. It is for the lab's guest, not for use
 * elsewhere, and stays until the guest ends.
 *
 * The machine check comes with all interruptions off. It has saved all registers, and
 * the kernel's handler takes them from there, so that they are free to use.
 */
#include <asm/ctlreg.h>
#include <asm/lowcore.h>
#include <linux/module.h>
#include <linux/smp.h>

/* The low addresses that the assembler code below has as numbers. */
static_assert(offsetof(struct lowcore, mcck_interruption_code) == 0xe8);
static_assert(offsetof(struct lowcore, pad_0x0240) == 0x240);
static_assert(sizeof_field(struct lowcore, pad_0x0240) >= 2 * sizeof(struct ctlreg));

/* Where the kernel's own handler begins; used from the assembler code alone. */
static unsigned long mcck_fix_kernels __used;

/* Addresses below 512 are protected: control register 0 without bit 35 lifts that. */
asm("	.pushsection .text,\"ax\"\n"
	"mcck_fix_entry:\n"
	"	stctg	%c0,%c0,0x240\n"
	"	lg	%r1,0x240\n"
	"	nilh	%r1,0xefff\n"
	"	stg	%r1,0x248\n"
	"	lctlg	%c0,%c0,0x248\n"
	"	oi	0xe8+3,0x40\n"		/* bit 25: vector register validity */
	"	lctlg	%c0,%c0,0x240\n"
	"	lgrl	%r1,mcck_fix_kernels\n"
	"	br	%r1\n"
	"	.popsection\n");

/* The label above. */
static unsigned long mcck_fix_address(void)
{
	unsigned long entry;

	asm("larl	%0,mcck_fix_entry" : "=d" (entry));
	return entry;
}

/* A CPU that comes later gets a copy of the low addresses of one that is there. */
static void mcck_fix_install(void *unused)
{
	struct lowcore *lowcore = get_lowcore();
	union ctlreg0 protected, open;

	local_ctl_store(0, &protected.reg);
	open = protected;
	open.lap = 0;
	local_ctl_load(0, &open.reg);
	WRITE_ONCE(lowcore->mcck_new_psw.addr, mcck_fix_address());
	local_ctl_load(0, &protected.reg);
}

static int __init mcck_fix_init(void)
{
	/* The code above knows the low addresses at 0 only. */
	if (get_lowcore())
		return -EOPNOTSUPP;
	mcck_fix_kernels = get_lowcore()->mcck_new_psw.addr;
	on_each_cpu(mcck_fix_install, NULL, 1);
	return 0;
}

module_init(mcck_fix_init);

MODULE_DESCRIPTION("Channel reports for 6.12 on machines without vector instructions");
MODULE_LICENSE("Dual MIT/GPL");
