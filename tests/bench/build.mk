# SPDX-License-Identifier: MIT
# What things cost, on both machines.

bench: $(LAB_READY) build/qemu/.ready
	@tests/bench/bench.sh qemu $(KERNEL)
	@tests/bench/bench.sh hercules $(KERNEL)
