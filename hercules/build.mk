# SPDX-License-Identifier: MIT
# The lab: its program and library, and the guest's image.

LAB_SOURCES := $(filter-out hercules/src/main.cc hercules/src/verbs.cc hercules/src/sessions.cc,\
	$(wildcard hercules/src/*.cc))

$(eval $(call host_library,lab,$(LAB_SOURCES)))
$(eval $(call host_library,labtest,$(wildcard hercules/fixture/*.cc)))
$(eval $(call host_program,lab,hercules/src/main.cc hercules/src/verbs.cc \
	hercules/src/sessions.cc,lab,-lfmt))

# The guest gives its kernel entropy, or the first ssh connection waits 3 s for it.
$(eval $(call guest_program,seed-entropy,hercules/image/seed_entropy.c,,))

# What 6.12 needs on Hercules; see there. Kbuild writes beside its sources, so each gets a copy.
# $(call lab_module_rule,KERNEL,NAME)
define lab_module_rule
LAB_MODULES_$(1) += build/lab-modules/$(1)/$(2)/$(2).ko
build/lab-modules/$(1)/$(2)/$(2).ko: $(wildcard hercules/image/$(2)/*) | build/kernel/$(1)/.ready
	$$(call say,KBUILD,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)cp $$^ $$(@D)
	$$(Q)$$(MAKE) -C build/kernel/$(1)/kdir M=$$(abspath $$(@D)) ARCH=s390 CROSS_COMPILE=$(CROSS) \
		modules >$$(@D)/log 2>&1 || { cat $$(@D)/log; exit 1; }
endef
LAB_FIXES := cksm_fix mcck_fix
$(foreach fix,$(LAB_FIXES),$(eval $(call lab_module_rule,6.12,$(fix))))

# $(call image_rule,KERNEL)
IMAGE_FILES := $(shell find hercules/image -type f ! -path '*.c' ! -path '*_fix/*')
IMAGE_PROGRAMS := $(filter build/s390x/bin/%,$(PROGRAMS)) $(GUEST_PROGRAMS)
define image_rule
build/image/$(1)/initrd: $(IMAGE_FILES) $(IMAGE_PROGRAMS) build/kernel/$(1)/.ready \
		$(addprefix build/driver/$(1)/,$(DRIVER_MODULES)) $(LAB_MODULES_$(1)) \
		| $(SYSROOT_READY)
	$$(call say,IMAGE,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)hercules/image/image.sh $(1) $$@ $(IMAGE_PROGRAMS) \
		$(addprefix build/driver/$(1)/,$(DRIVER_MODULES)) $(LAB_MODULES_$(1))
endef
$(foreach kernel,$(KERNELS) $(DEBUG_KERNELS),$(eval $(call image_rule,$(kernel))))

LAB := build/host/bin/lab
LAB_READY := $(LAB) build/image/$(KERNEL)/initrd

.PHONY: image qemu
image: build/image/$(KERNEL)/initrd
qemu: build/qemu/.ready

# Not through $(Q): these are what the user asked for.
run: $(LAB_READY)
	@$(LAB) demo --kernel $(KERNEL)

lab: $(LAB_READY)
	@$(LAB) keep --kernel $(KERNEL)

# A whole Debian on a disk, for tests of what an administrator does.
build/debian/.ready: $(SETUP)/debian.sh $(SETUP)/debian-packages.list \
		$(wildcard hercules/debian/init hercules/debian/root/*/*/* hercules/debian/root/*/*/*/*) \
		build/qemu/.ready | $(SYSROOT_READY)
	@$(SETUP)/debian.sh
	@touch $@

.PHONY: debian
debian: build/debian/.ready
