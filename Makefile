# SPDX-License-Identifier: MIT
#
# Builds, runs and tests s390-log. Everything that is made lies under build/.
# Each part adds its own targets in a build.mk; the macros they use are below.

MAKEFLAGS += --no-builtin-rules --no-print-directory
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:

KERNEL ?= 6.1
KERNELS := 6.1 6.12
# Compiled here, for tests: hercules/setup/debug-kernel.sh.
DEBUG_KERNELS := debug kcsan
CACHE ?= build/cache
V ?= 0
export KERNEL CACHE

ifeq ($(filter $(KERNEL),$(KERNELS) $(DEBUG_KERNELS)),)
$(error KERNEL=$(KERNEL) is not known; use one of: $(KERNELS) $(DEBUG_KERNELS))
endif

# $(call say,WHAT,FILE) prints one short line per step; V=1 shows the commands instead.
ifeq ($(V),1)
Q :=
say := @:
else
Q := @
say = @printf '  %-9s %s\n' '$(1)' '$(2)'
endif

.PHONY: help
help:
	@echo 'make run            boot the guest on Hercules, play the operator, check the balance'
	@echo 'make test           all tests; or one tier of them:'
	@echo '  test-host           programs on this machine'
	@echo '  test-s390x          the same programs, big-endian, under qemu-s390x'
	@echo '  test-headers        the modules, compiled for the kernels of other Debian suites'
	@echo '  test-install        what is installed, and the Debian packages'
	@echo '  test-qemu           the modules in a guest under QEMU'
	@echo '  test-hercules       the whole path in a guest on Hercules'
	@echo 'make test-debian    the packages on a whole Debian on Hercules (long)'
	@echo 'make test-debug     test-qemu under KASAN, lockdep, kmemleak; allocations that fail (long)'
	@echo 'make test-kcsan     test-qemu under KCSAN, which finds data races (long)'
	@echo 'make test-debug-hercules  test-hercules under the kernel of test-debug (long)'
	@echo 'make coverage       the lines of logd that the host tests run'
	@echo 'make coverage-driver  the lines of the modules that these two have run'
	@echo 'make flood          the books under 10 million events in each mode (FLOOD_EVENTS=n)'
	@echo 'make kills          logd killed 100 times, disk full, syslog server away (KILLS=n)'
	@echo 'make crashes        logd killed at each durable step, a guest killed with its store'
	@echo 'make fuzz-kernel    10 million random calls to both devices (CALLS=n SEED=n)'
	@echo 'make fuzz           what reads foreign bytes, under libFuzzer (FUZZ_SECONDS=n each)'
	@echo 'make test-asan      the host tests with ASan and UBSan; test-tsan: with TSan'
	@echo 'make burst          20,000 mounts and unmounts over eight drives (BURST_COMMANDS=n)'
	@echo 'make soak           random operator, load and faults, then the books (HOURS=n, MINUTES=n,'
	@echo '                    TIER=qemu|hercules, SEED=n)'
	@echo 'make lab            boot the guest on Hercules and keep it up'
	@echo 'make bench          benchmarks: docs/costs.md (one of them: make bench-peers, ...)'
	@echo 'make all            build everything, run nothing'
	@echo 'make modules        the kernel modules only'
	@echo 'make lint format    check the sources; lay them out (make tidy: with clang-tidy, long)'
	@echo 'make install        install the daemon and its tools (PREFIX, DESTDIR); uninstall'
	@echo 'make deb            Debian packages in build/deb: s390-log (s390x) and s390-log-dkms'
	@echo 'make clean          remove what was built; distclean: downloads too'
	@echo
	@echo 'Options: V=1 shows commands; KERNEL=6.12 takes the newer guest kernel (default 6.1);'
	@echo '         CACHE=DIR keeps downloaded packages elsewhere than in build/cache'

# --- what compiling needs ----------------------------------------------------------------------

# Stamps. Sources depend on them order-only: a new stamp is no reason to compile again.
HOST_READY := build/.host-packages
SYSROOT_READY := build/sysroot/.ready
KERNEL_READY := build/kernel/$(KERNEL)/.ready

SETUP := hercules/setup

$(HOST_READY): $(SETUP)/host-packages.sh $(SETUP)/host-packages.list $(SETUP)/common.sh
	@mkdir -p $(@D)
	@$(SETUP)/host-packages.sh
	@touch $@

build/apt/.ready: $(SETUP)/apt.sh $(SETUP)/common.sh | $(HOST_READY)
	@$(SETUP)/apt.sh prepare
	@touch $@

$(SYSROOT_READY): $(SETUP)/sysroot.sh $(SETUP)/sysroot-packages.list | $(HOST_READY) build/apt/.ready
	@$(SETUP)/sysroot.sh
	@touch $@

build/kernel/%/.ready: $(SETUP)/kernel.sh $(SETUP)/kdir.sh | $(HOST_READY) build/apt/.ready
	@$(SETUP)/kernel.sh $*
	@touch $@

build/.debug-kernel-packages: $(SETUP)/debug-kernel-packages.list | $(HOST_READY)
	@$(SETUP)/host-packages.sh $<
	@touch $@

# $(call debug_kernel_rule,NAME)
define debug_kernel_rule
build/kernel/$(1)/.ready: $(SETUP)/debug-kernel.sh $(SETUP)/debug-kernel/base.config \
		$(SETUP)/debug-kernel/$(1).config $(wildcard $(SETUP)/debug-kernel/*.patch) | build/.debug-kernel-packages build/apt/.ready
	@$(SETUP)/debug-kernel.sh $(1)
	@touch $$@
endef
$(foreach kernel,$(DEBUG_KERNELS),$(eval $(call debug_kernel_rule,$(kernel))))

build/qemu/.ready: $(SETUP)/qemu.sh | $(HOST_READY) build/apt/.ready
	@$(SETUP)/qemu.sh
	@touch $@

build/promtool/.ready: $(SETUP)/promtool.sh | $(HOST_READY) build/apt/.ready
	@$(SETUP)/promtool.sh
	@touch $@

build/syslog/.ready: $(SETUP)/syslog.sh | $(HOST_READY) build/apt/.ready
	@$(SETUP)/syslog.sh
	@touch $@

# --- compiling ---------------------------------------------------------------------------------

WARNINGS := -Wall -Wextra -Werror -Wshadow -Wpointer-arith -Wcast-qual -Wundef -Wformat=2
CXX_WARNINGS := $(WARNINGS) -Wnon-virtual-dtor -Woverloaded-virtual
# The ABI headers come before the system's: a <linux/...> of ours is found in include/uapi.
# include/ is for "quoted" names only, or include/linux (the in-kernel API) would be in the way.
INCLUDES := -iquote . -iquote include -Iinclude/uapi
CFLAGS := -std=gnu11 -O2 -g
CXXFLAGS := -std=c++20 -O2 -g
LDFLAGS :=

SYSROOT := build/sysroot
CROSS := s390x-linux-gnu-

cc_host = gcc
cxx_host = g++
includes_host := $(INCLUDES)
ldflags_host :=
ready_host := $(HOST_READY)

cc_s390x = $(CROSS)gcc
cxx_s390x = $(CROSS)g++
includes_s390x := $(INCLUDES) -isystem $(SYSROOT)/usr/include \
	-isystem $(SYSROOT)/usr/include/s390x-linux-gnu
ldflags_s390x := -L $(SYSROOT)/usr/lib/s390x-linux-gnu \
	-Wl,-rpath-link,$(SYSROOT)/usr/lib/s390x-linux-gnu
ready_s390x := $(HOST_READY) $(SYSROOT_READY)

# This machine's libraries and tests once more, for what sanitizers find, for what they cover, and for
# libFuzzer. See tests/flavours.mk and tests/fuzz/build.mk.
TESTED := asan tsan gcov
FLAVOURS := $(TESTED) fuzz
-include tests/flavours.mk

DEPEND = -MMD -MP -MF $(@:.o=.d)

# $(call compile_rules,ARCH)
define compile_rules
build/$(1)/obj/%.c.o: %.c | $(ready_$(1))
	$$(call say,CC $(filter-out host,$(1)),$$<)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$(cc_$(1)) $$(CFLAGS) $(WARNINGS) $(flags_$(1)) $(includes_$(1)) $$(DEPEND) -c -o $$@ $$<

build/$(1)/obj/%.cc.o: %.cc | $(ready_$(1))
	$$(call say,CXX $(filter-out host,$(1)),$$<)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$(cxx_$(1)) $$(CXXFLAGS) $(CXX_WARNINGS) $(flags_$(1)) $(includes_$(1)) $$(DEPEND) -c -o $$@ $$<
endef
$(eval $(call compile_rules,host))
$(eval $(call compile_rules,s390x))
$(foreach f,$(FLAVOURS),$(eval $(call compile_rules,$(f))))

OBJECTS :=
LIBRARIES :=
PROGRAMS :=
GUEST_PROGRAMS :=
TESTS_host :=
TESTS_s390x :=
$(foreach f,$(TESTED),$(eval TESTS_$(f) :=))

# $(call objects,ARCH,SOURCES)
objects = $(patsubst %,build/$(1)/obj/%.o,$(2))

# $(call archive_rule,ARCH,NAME,SOURCES)
define archive_rule
OBJECTS += $(call objects,$(1),$(3))
LIBRARIES += build/$(1)/lib/lib$(2).a
build/$(1)/lib/lib$(2).a: $(call objects,$(1),$(3))
	$$(call say,AR $(filter-out host,$(1)),$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)rm -f $$@
	$$(Q)$(if $(filter s390x,$(1)),$(CROSS))ar rcs $$@ $$^
endef

# $(call link_rule,ARCH,OUTPUT,SOURCES,LIBS,LDLIBS)
define link_rule
OBJECTS += $(call objects,$(1),$(3))
$(2): $(call objects,$(1),$(3)) $(foreach l,$(4),build/$(1)/lib/lib$(l).a)
	$$(call say,LINK $(filter-out host,$(1)),$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$(cxx_$(1)) $$(LDFLAGS) $(ldflags_$(1)) -o $$@ $$^ $(5) -pthread
endef

# The macros of the build.mk files. LIBS names libraries of this project, dependents first;
# LDLIBS is what the linker gets, as in -lfmt. Use them as $(eval $(call program,...)). Libraries come
# in all flavours besides; tests, and programs of both architectures, with the sanitizers.
#
# $(call library,NAME,SOURCES)                          both architectures
# $(call host_library,NAME,SOURCES)                     this machine only
# $(call program,NAME,SOURCES,LIBS,LDLIBS)              both: build/{host,s390x}/bin/NAME
# $(call host_program,NAME,SOURCES,LIBS,LDLIBS)         this machine only
# $(call guest_program,NAME,SOURCES,LIBS,LDLIBS)        build/s390x/guest/NAME, goes into the guest
# $(call guest_test,NAME,SOURCES,LIBS,LDLIBS)           the same with GoogleTest's main()
# $(call test,NAME,SOURCES,LIBS,LDLIBS)                 GoogleTest, both: build/{host,s390x}/tests/NAME
# $(call host_test,NAME,SOURCES,LIBS,LDLIBS)            GoogleTest, this machine only
# $(call lab_test,NAME,SOURCES,LIBS,LDLIBS)             GoogleTest on this machine, boots a guest
define library
$(call host_library,$(1),$(2))
$(call archive_rule,s390x,$(1),$(2))
endef

define host_library
$(foreach f,$(FLAVOURS),$(eval $(call archive_rule,$(f),$(1),$(2))))
$(call archive_rule,host,$(1),$(2))
endef

define host_program
PROGRAMS += build/host/bin/$(1)
$(call link_rule,host,build/host/bin/$(1),$(2),$(3),$(4))
endef

define program
$(foreach f,$(TESTED),$(eval $(call link_rule,$(f),build/$(f)/bin/$(1),$(2),$(3),$(4))))
$(call host_program,$(1),$(2),$(3),$(4))
PROGRAMS += build/s390x/bin/$(1)
$(call link_rule,s390x,build/s390x/bin/$(1),$(2),$(3),$(4))
endef

define guest_program
GUEST_PROGRAMS += build/s390x/guest/$(1)
$(call link_rule,s390x,build/s390x/guest/$(1),$(2),$(3),$(4))
endef

define guest_test
GUEST_TESTS += $(1)
$(call guest_program,$(1),$(2),$(3),$(4) -lgtest_main -lgtest)
endef

define test_rule
TESTS_$(1) += build/$(1)/tests/$(2)
$(call link_rule,$(1),build/$(1)/tests/$(2),$(3),$(4),$(5) -lgtest_main -lgtest)
endef

define host_test
$(foreach f,host $(TESTED),$(eval $(call test_rule,$(f),$(1),$(2),$(3),$(4))))
endef

define test
$(call host_test,$(1),$(2),$(3),$(4))
TESTS_s390x += build/s390x/tests/$(1)
$(call link_rule,s390x,build/s390x/tests/$(1),$(2),$(3),$(4) -lgtest_main -lgtest)
endef

define lab_test
LAB_TESTS += build/host/tests/$(1)
$(call link_rule,host,build/host/tests/$(1),$(2),$(3),$(4) -lgtest_main -lgtest)
endef

.PHONY: all modules run lab bench lint format install uninstall clean distclean
.PHONY: test test-host test-s390x test-headers test-install test-qemu test-hercules test-debian
.PHONY: test-debug test-kcsan test-debug-hercules

# logd and logctl, by default those of the machine that is built on: INSTALL_ARCH=s390x takes the
# others. Each part adds its own to both targets; see install.mk there.
VERSION := $(shell sed -n '1s|.*(\(.*\)).*|\1|p' debian/changelog)
PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
DESTDIR ?=
INSTALL_ARCH ?= host

# $(call install_file,FROM,TO) and $(call install_program,FROM,TO), where TO is a path under PREFIX.
install_file = install -D -m 644 $(1) $(DESTDIR)$(PREFIX)/$(2)
install_program = install -D -m 755 $(if $(filter s390x,$(INSTALL_ARCH)),-s \
	--strip-program=$(CROSS)strip) $(1) $(DESTDIR)$(PREFIX)/$(2)

# $(call uninstall_files,PATHS), under PREFIX too.
uninstall_files = rm -f $(addprefix $(DESTDIR)$(PREFIX)/,$(1))

# hercules comes late: all programs for the guest go into its image.
-include driver/build.mk lib/build.mk logd/build.mk
-include lib/install.mk logd/install.mk driver/install.mk debian/build.mk
-include tests/host/build.mk tests/model/build.mk tests/guest/programs/build.mk
-include tests/fuzz/build.mk tests/headers/build.mk tests/install/build.mk
-include hercules/build.mk tests/soak/build.mk tests/guest/build.mk tests/bench/build.mk tests/build.mk

-include $(OBJECTS:.o=.d)

all: modules $(PROGRAMS) $(GUEST_PROGRAMS) $(TESTS_host) $(TESTS_s390x) $(LAB_TESTS)

# --- checking and installing -------------------------------------------------------------------

# What is C is laid out as in the kernel.
CXX_FILES = $(shell git ls-files '*.cc' '*.h' | grep -v -e ^driver/ -e ^include/linux/ \
	-e ^include/uapi/ -e ^include/s390log/kevent.h -e ^tests/guest/modules/)
SHELL_FILES = $(shell git ls-files | xargs grep -lE '^\#!(/usr/bin/env bash|/bin/sh|/bin/busybox sh)') \
	$(SETUP)/common.sh

LINT_READY := build/.lint-packages
$(LINT_READY): $(SETUP)/lint-packages.list | $(HOST_READY)
	@$(SETUP)/host-packages.sh $<
	@touch $@

.PHONY: lint-shell lint-format lint-cxx lint-driver lint-man
lint: lint-shell lint-format lint-cxx lint-driver lint-man

# groff says what it does not understand, and its status is 0 all the same.
lint-man: | $(LINT_READY)
	$(call say,LINT,man pages)
	$(Q)! for page in $$(git ls-files '*.[1-8]'); do groff -man -ww -z $$page; done 2>&1 | grep .

lint-shell: | $(LINT_READY)
	$(call say,LINT,shell scripts)
	$(Q)shellcheck -x $(SHELL_FILES)

lint-format: | $(LINT_READY)
	$(call say,LINT,layout)
	$(Q)clang-format --dry-run --Werror $(CXX_FILES)

# The compiler warns of the rest. unusedStructMember does not see reads through nlohmann or fmt.
lint-cxx: | $(LINT_READY)
	$(call say,LINT,C++)
	$(Q)cppcheck --quiet --language=c++ --std=c++20 --enable=warning,performance,portability \
		--library=googletest --inline-suppr --error-exitcode=1 --suppress=missingInclude --suppress=unknownMacro \
		--suppress=unusedStructMember -j 2 -I. -Iinclude -Iinclude/uapi \
		$(filter %.cc,$(CXX_FILES))

# clang's own checks (.clang-tidy has the list), some seconds for each file: too long for `make lint`.
TIDY_FLAGS := -DHEADER_SUITES='""' -DGUEST_TESTS='""' -DVERSION='""' -DBIN_FOLDER='""'
TIDY_FILES = $(filter %.cc,$(CXX_FILES))
.PHONY: tidy
tidy: | $(LINT_READY)
	$(call say,TIDY,$(words $(TIDY_FILES)) C++ files; what it says of headers that are not ours goes to build/lint/tidy.log)
	$(Q)mkdir -p build/lint
	$(Q)printf '%s\n' $(TIDY_FILES) | xargs -P 2 -I FILE clang-tidy --quiet FILE -- \
		$(CXXFLAGS) $(INCLUDES) $(TIDY_FLAGS) 2>build/lint/tidy.log

format: | $(LINT_READY)
	$(call say,FORMAT,C++)
	$(Q)clang-format -i $(CXX_FILES)

install:
	$(call say,INSTALL,$(DESTDIR)$(PREFIX))

# --- cleaning ----------------------------------------------------------------------------------

# The cache, and the stamp that this machine has its packages, outlive `clean`.
clean:
	$(Q)shopt -s dotglob nullglob; for f in build/*; do \
		case $$f in build/cache|$(HOST_READY)) ;; *) rm -rf "$$f" ;; esac; done

distclean:
	$(Q)rm -rf build
