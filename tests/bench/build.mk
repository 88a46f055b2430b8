# SPDX-License-Identifier: MIT
# What things cost, on both machines and on the host. BENCH=emit, kevent or latency: in the guests
# that alone; `make bench-replay`, `make bench-sinks`: on the host alone. Latency is that of a tape,
# which QEMU has not.

BENCH ?= kevent emit latency
BENCH_COSTS := $(filter-out latency,$(BENCH))

$(eval $(call host_program,replay_bench,tests/bench/replay_bench.cc,s390log,-lfmt))
$(eval $(call host_program,latency_bench,tests/bench/latency_bench.cc,labtest lab,-lfmt))
$(eval $(call host_program,sink_bench,tests/bench/sink_bench.cc,hosttest logd s390log,$(LOGD_LIBS)))

.PHONY: bench-replay bench-sinks
bench: bench-replay bench-sinks build/host/bin/latency_bench $(LAB_READY) build/qemu/.ready
ifneq ($(BENCH_COSTS),)
	@tests/bench/bench.sh qemu $(KERNEL) $(BENCH_COSTS)
	@tests/bench/bench.sh hercules $(KERNEL) $(BENCH_COSTS)
endif
ifneq ($(filter latency,$(BENCH)),)
	@tests/bench/bench.sh hercules $(KERNEL) latency
endif

bench-replay: build/host/bin/replay_bench
	@build/host/bin/replay_bench

bench-sinks: build/host/bin/sink_bench
	@build/host/bin/sink_bench

# Against rsyslog, logger and systemd-cat, in one run with the rest of the host's numbers.
$(eval $(call host_program,peer_bench,$(wildcard tests/bench/peers/*.cc),\
	syslogtest hosttest logd s390log,$(LOGD_LIBS)))

.PHONY: bench-peers
bench-peers: build/host/bin/peer_bench bench-sinks build/syslog/.ready build/systemd/systemd-analyze
	@build/host/bin/peer_bench
