// SPDX-License-Identifier: GPL-2.0-only
/*
 * A call that probes are not told of, for the tests: while a probe's handler runs on
 * a CPU, others are skipped there. Each load of this module makes one call of
 * ccw_device_start(), which fails, as there is no such device. Never installed.
 */
#include <asm/ccwdev.h>
#include <linux/kprobes.h>
#include <linux/module.h>

static noinline void probe_miss_probed(void)
{
	barrier();
}

static int probe_miss_start(struct kprobe *probe, struct pt_regs *regs)
{
	static struct ccw_device nobody;

	ccw_device_start(&nobody, NULL, 0, 0, 0);
	return 0;
}

static int __init probe_miss_init(void)
{
	struct kprobe probe = {
		.addr		= (kprobe_opcode_t *)probe_miss_probed,
		.pre_handler	= probe_miss_start,
	};
	int rc;

	rc = register_kprobe(&probe);
	if (rc)
		return rc;
	probe_miss_probed();
	unregister_kprobe(&probe);
	return 0;
}

static void __exit probe_miss_exit(void)
{
}

module_init(probe_miss_init);
module_exit(probe_miss_exit);

MODULE_DESCRIPTION("A call that probes are not told of, for tests");
MODULE_LICENSE("GPL");
