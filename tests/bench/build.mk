# SPDX-License-Identifier: MIT
# What things cost, on both machines.

$(eval $(call guest_program,kevent_bench,tests/bench/kevent_bench.cc,kevent,-lfmt))

bench: $(LAB_READY) $(QEMU_READY)
	@tests/bench/bench.sh qemu $(KERNEL)
	@tests/bench/bench.sh hercules $(KERNEL)
