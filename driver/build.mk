# SPDX-License-Identifier: MIT
#
# The kernel modules, built outside of the source tree: Kbuild writes beside its
# sources, so it gets a tree of links in build/driver/<kernel>/.

DRIVER_SOURCES := $(shell find driver include/linux include/uapi tests/guest/modules -type f)
DRIVER_MODULES := kevent/kevent.ko s390_log/s390_log.ko tape_log/tape_log.ko \
	test/kevent_test_type.ko test/s390_log_source.ko test/s390_log_bench.ko \
	test/tape_irb.ko test/probe_miss.ko test/card_reader.ko test/kernel_faults.ko

# make coverage-driver reads what these count.
KBUILD_WORDS_debug := GCOV_PROFILE=y

# $(call driver_rules,KERNEL), with KBUILD_WORDS_KERNEL for make
define driver_rules
build/driver/$(1)/.built: $(DRIVER_SOURCES) | build/kernel/$(1)/.ready
	$$(call say,KBUILD,modules for $(1))
	$$(Q)driver/kbuild.sh $(1) $(KBUILD_WORDS_$(1))
	$$(Q)touch $$@
$(addprefix build/driver/$(1)/,$(DRIVER_MODULES)): build/driver/$(1)/.built ;
endef
$(foreach kernel,$(KERNELS) $(DEBUG_KERNELS),$(eval $(call driver_rules,$(kernel))))

.PHONY: modules
modules: build/driver/$(KERNEL)/.built

# checkpatch, sparse and the analyzer, for all kernels.
.PHONY: lint-driver
lint-driver: $(foreach kernel,$(KERNELS),build/kernel/$(kernel)/.ready)
	$(call say,LINT,driver)
	$(Q)driver/lint.sh $(KERNELS)

# Debian's suites whose kernels the modules are compiled for besides: each in its own way may have
# another relay API. One that is gone is skipped, with the reason.
HEADER_SUITES := bookworm bookworm-backports trixie trixie-security trixie-backports forky sid \
	experimental

# No stamp: the script knows what is there, and a suite that cannot be had stops nobody.
.PHONY: headers
headers: | $(HOST_READY) build/apt/.ready
	@for suite in $(HEADER_SUITES); do $(SETUP)/headers.sh $$suite || true; done
