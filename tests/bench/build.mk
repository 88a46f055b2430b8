# SPDX-License-Identifier: MIT
# What things cost, on both machines. BENCH=emit or BENCH=kevent: that alone.

BENCH ?= kevent emit

bench: $(LAB_READY) build/qemu/.ready
	@tests/bench/bench.sh qemu $(KERNEL) $(BENCH)
	@tests/bench/bench.sh hercules $(KERNEL) $(BENCH)
