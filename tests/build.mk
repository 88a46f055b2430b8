# SPDX-License-Identifier: MIT
# The tiers of tests, and the sum of their results.

RESULTS := build/test-results
RUN_TESTS := tests/report/run.sh
REPORT := build/host/bin/report
QEMU_S390X := qemu-s390x-static -L $(SYSROOT)

$(eval $(call host_program,report,tests/report/report.cc,,-lfmt))

tier_host = $(RUN_TESTS) $(RESULTS) host '' $(TESTS_host)
tier_s390x = $(RUN_TESTS) $(RESULTS) s390x '$(QEMU_S390X)' $(TESTS_s390x)
tier_headers = $(RUN_TESTS) $(RESULTS) headers '' build/host/tests/headers_test
tier_install = $(RUN_TESTS) $(RESULTS) install '' build/host/tests/install_test
tier_qemu = $(RUN_TESTS) --root $(abspath $(RESULTS)) qemu '' build/host/tests/qemu_test
tier_hercules = $(RUN_TESTS) --root $(abspath $(RESULTS)) hercules '' build/host/tests/hercules_test

needs_host := $(TESTS_host) build/promtool/.ready
needs_s390x := $(TESTS_s390x) build/promtool/.ready
needs_headers := build/host/tests/headers_test headers
needs_install := build/host/tests/install_test build/host/bin/logd build/host/bin/logctl $(DEBS) \
	build/kernel/6.1/.ready build/systemd/systemd-analyze
needs_qemu := build/host/tests/qemu_test $(LAB_READY) build/qemu/.ready
needs_hercules := build/host/tests/hercules_test $(LAB_READY)

TIERS := host s390x headers install qemu hercules

define tier_rule
test-$(1): $(REPORT) $(needs_$(1))
	@rm -rf $(RESULTS)
	@$(tier_$(1))
	@$(REPORT) $(RESULTS)
endef
$(foreach tier,$(TIERS),$(eval $(call tier_rule,$(tier))))

# The host's tests with sanitizers: too long to build for `make test`. A program that runs several
# times slower gets more time.
$(foreach f,$(TESTED),$(eval needs_$(f) := $(TESTS_$(f)) build/promtool/.ready))
$(foreach f,$(TESTED),$(eval tier_$(f) = TEST_LIMIT=3600 \
	$(RUN_TESTS) $(RESULTS) $(f) '$(wrapper_$(f))' $(TESTS_$(f))))
$(foreach f,$(TESTED),$(eval $(call tier_rule,$(f))))
.PHONY: $(TESTED:%=test-%)

# Which lines of logd and of its library the host tests run. Files that only a guest can run are counted,
# too: what needs the devices is covered there.
COVERAGE_GOAL ?= 90
GCOVR_READY := build/.coverage-packages
$(GCOVR_READY): $(SETUP)/coverage-packages.list | $(HOST_READY)
	@$(SETUP)/host-packages.sh $(SETUP)/coverage-packages.list
	@touch $@
.PHONY: coverage
coverage: $(REPORT) $(needs_gcov) $(GCOVR_READY)
	@find build/gcov -name '*.gcda' -delete
	@rm -rf $(RESULTS)
	@$(tier_gcov)
	@$(REPORT) $(RESULTS)
	@gcovr --root . --filter logd/ --filter lib/ --filter include/s390log/ --exclude-unreachable-branches \
		--sort-percentage --fail-under-line $(COVERAGE_GOAL) build/gcov/obj

# The packages on a real Debian: no part of `make test`, for DKMS's compiler alone takes a quarter of
# an hour and more on an emulated machine.
test-debian: $(REPORT) build/host/tests/debian_test $(DEBS) build/debian/.ready
	@rm -rf $(RESULTS)
	@TEST_LIMIT=3600 $(RUN_TESTS) --root $(abspath $(RESULTS)) debian '' build/host/tests/debian_test
	@$(REPORT) $(RESULTS)

# The guest tier under a kernel that looks after itself, and what only such a kernel can tell. No part
# of `make test`: each takes several times as long as on a stock kernel. docs/proof.md has more.
DEBUG_TESTS := build/host/tests/qemu_test build/host/tests/debug_test
# $(call run_under,KERNEL,NAME,PROGRAMS)
define run_under
	@rm -rf $(RESULTS)
	@KERNEL=$(1) MODULE_LOOPS=15 TEST_LIMIT=7200 $(RUN_TESTS) --root $(abspath $(RESULTS)) $(2) '' $(3)
	@$(REPORT) $(RESULTS)
endef
test-debug test-kcsan: test-%: $(REPORT) $(DEBUG_TESTS) $(LAB) build/image/%/initrd build/qemu/.ready
	@[ $* != debug ] || rm -rf build/coverage/driver
	$(call run_under,$*,$*,$(DEBUG_TESTS))

# Which lines of the modules ran in the guests of test-debug and test-debug-hercules.
DRIVER_COVERAGE_GOAL ?= 85
.PHONY: coverage-driver
coverage-driver:
	@tests/report/driver_coverage.sh build/coverage/driver build/driver/debug $(DRIVER_COVERAGE_GOAL)

test-debug-hercules: $(REPORT) build/host/tests/hercules_test $(LAB) build/image/debug/initrd
	$(call run_under,debug,debug-hercules,build/host/tests/hercules_test)

# For the record: the books under a long flood, in each mode, on both machines.
FLOOD_EVENTS ?= 10000000
.PHONY: flood
flood: $(needs_qemu) $(needs_hercules)
	@FLOOD_EVENTS=$(FLOOD_EVENTS) build/host/tests/qemu_test --gtest_filter='*QemuFlood*'
	@FLOOD_EVENTS=$(FLOOD_EVENTS) build/host/tests/hercules_test --gtest_filter='*Flood*'

# The same of mounts and unmounts: each transition once, in order, none invented.
BURST_COMMANDS ?= 20000
.PHONY: burst
burst: $(needs_hercules)
	@BURST=$(BURST_COMMANDS) build/host/tests/hercules_test --gtest_filter='Burst.*'

# And of the store and the syslog server: logd is killed so often, its disk full and the server away
# now and then.
KILLS ?= 100
.PHONY: kills
kills: $(needs_qemu)
	@KILLS=$(KILLS) build/host/tests/qemu_test --gtest_filter='Durability.*'

# And at each step that is durable; `make test` takes six places of them, each time others.
.PHONY: crashes
crashes: $(needs_qemu)
	@FAILPOINTS=100 build/host/tests/qemu_test --gtest_filter='Failpoints.*:QemuDeath.*'

# And of both devices' calls: any program's, from many threads at once. SEED=0 takes a new one.
# Under the debug kernel SLUB's own checks cost a third of the time and find nothing that KASAN does not.
CALLS ?= 10000000
.PHONY: fuzz-kernel
fuzz-kernel: $(needs_qemu)
	@APPEND=slub_debug=- FUZZ_CALLS=$(CALLS) FUZZ_SEED=$(or $(SEED),1) build/host/tests/qemu_test \
		--gtest_filter='*RandomCalls*'

# One tier after the other, whatever -j says, and nothing compiles meanwhile: a busy machine delays
# a guest's events and can stall its start. But the host tier mostly waits, for syslog servers: the
# s390x tier runs beside it.
BESIDE := host s390x
test: $(REPORT) $(foreach tier,$(TIERS),$(needs_$(tier)))
	@rm -rf $(RESULTS)
	@$(tier_host) & host=$$!; $(tier_s390x); status=$$?; wait $$host && exit $$status
	@$(foreach tier,$(filter-out $(BESIDE),$(TIERS)),$(tier_$(tier)) && ) true
	@$(REPORT) $(RESULTS)
