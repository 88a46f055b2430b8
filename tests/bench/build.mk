# SPDX-License-Identifier: MIT
# What things cost, on both machines and on the host. BENCH=emit or BENCH=kevent: in the guests that
# alone; `make bench-replay`: on the host alone.

BENCH ?= kevent emit

$(eval $(call host_program,replay_bench,tests/bench/replay_bench.cc,s390log,-lfmt))

.PHONY: bench-replay
bench: bench-replay $(LAB_READY) build/qemu/.ready
	@tests/bench/bench.sh qemu $(KERNEL) $(BENCH)
	@tests/bench/bench.sh hercules $(KERNEL) $(BENCH)

bench-replay: build/host/bin/replay_bench
	@build/host/bin/replay_bench
