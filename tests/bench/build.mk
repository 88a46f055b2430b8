# SPDX-License-Identifier: MIT
# What things cost, on both machines and on the host; docs/costs.md has the numbers. BENCH=emit,
# kevent, latency or path: in the guests that alone; `make bench-replay`, `bench-sinks`, `bench-peers`,
# `bench-memory` and `bench-start`: on the host alone; `bench-path`: in a guest alone. Latency is that
# of a tape, which QEMU has not.

BENCH ?= kevent emit latency path
BENCH_COSTS := $(filter-out latency path,$(BENCH))

$(eval $(call host_program,replay_bench,tests/bench/replay_bench.cc,s390log,-lfmt))
$(eval $(call host_program,latency_bench,tests/bench/latency_bench.cc,labtest lab,-lfmt))
$(eval $(call host_program,sink_bench,tests/bench/sink_bench.cc,hosttest logd s390log,$(LOGD_LIBS)))

# One after the other, whatever -j says: they would be in each other's way.
BENCH_HOST := bench-replay bench-peers bench-memory bench-start
BENCH_BUILT := $(addprefix build/host/bin/,replay_bench sink_bench peer_bench memory_bench start_bench \
	logd_on_host latency_bench) build/syslog/.ready build/systemd/systemd-analyze $(LAB_READY) \
	build/qemu/.ready build/guest-rsyslog.tar

.PHONY: bench-replay bench-sinks
bench: $(BENCH_BUILT)
	@for bench in $(BENCH_HOST); do $(MAKE) $$bench; done
ifneq ($(BENCH_COSTS),)
	@tests/bench/bench.sh qemu $(KERNEL) $(BENCH_COSTS)
	@tests/bench/bench.sh hercules $(KERNEL) $(BENCH_COSTS)
endif
ifneq ($(filter latency,$(BENCH)),)
	@tests/bench/bench.sh hercules $(KERNEL) latency
endif
ifneq ($(filter path,$(BENCH)),)
	@tests/bench/path.sh qemu $(KERNEL)
endif

bench-replay: build/host/bin/replay_bench
	@build/host/bin/replay_bench

bench-sinks: build/host/bin/sink_bench
	@build/host/bin/sink_bench

# Against rsyslog, logger and systemd-cat, in one run with the rest of the host's numbers.
$(eval $(call host_program,peer_bench,$(wildcard tests/bench/peers/*.cc),\
	syslogtest hosttest logd s390log,$(LOGD_LIBS)))

# journald gets a /run of its own, for which it needs root.
.PHONY: bench-peers
bench-peers: build/host/bin/peer_bench bench-sinks build/syslog/.ready build/systemd/systemd-analyze
	@$(if $(filter 0,$(shell id -u)),,sudo) build/host/bin/peer_bench

# A whole logd on this machine, which has no devices of ours: its memory, and how soon it is there.
LIFE := tests/bench/life
LIFE_LIBS := hosttest logd s390log
$(eval $(call host_program,logd_on_host,$(LIFE)/logd_on_host.cc $(LIFE)/host_devices.cc,\
	$(LIFE_LIBS) kevent,$(LOGD_LIBS) $(METRICS_LIBS)))
$(eval $(call host_program,memory_bench,$(addprefix $(LIFE)/,memory_bench.cc watched_logd.cc \
	discarding_server.cc) tests/host/child.cc,$(LIFE_LIBS),$(LOGD_LIBS)))
$(eval $(call host_program,start_bench,$(addprefix $(LIFE)/,start_bench.cc watched_logd.cc) \
	tests/host/child.cc,$(LIFE_LIBS),$(LOGD_LIBS)))

MEMORY_EVENTS ?= 10000000
.PHONY: bench-memory bench-start
bench-memory: build/host/bin/memory_bench build/host/bin/logd_on_host
	@build/host/bin/memory_bench build/host/bin/logd_on_host $(MEMORY_EVENTS)

bench-start: build/host/bin/start_bench build/host/bin/logd_on_host
	@build/host/bin/start_bench build/host/bin/logd_on_host 50

# From the kernel into a file, beside rsyslogd's imkmsg.
build/guest-rsyslog.tar: $(SETUP)/guest-rsyslog.sh | $(HOST_READY) build/apt/.ready
	@$(SETUP)/guest-rsyslog.sh

PATH_MACHINE ?= qemu
.PHONY: bench-path
bench-path: $(LAB_READY) build/qemu/.ready build/guest-rsyslog.tar
	@tests/bench/path.sh $(PATH_MACHINE) $(KERNEL)
