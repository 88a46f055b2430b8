# SPDX-License-Identifier: MIT
# The lab: its program and library, and the guest's image.

LAB_SOURCES := $(filter-out hercules/src/main.cc hercules/src/verbs.cc hercules/src/sessions.cc,\
	$(wildcard hercules/src/*.cc))

$(eval $(call host_library,lab,$(LAB_SOURCES)))
$(eval $(call host_library,labtest,hercules/fixture/guest_test.cc))
$(eval $(call host_program,lab,hercules/src/main.cc hercules/src/verbs.cc \
	hercules/src/sessions.cc,lab,-lfmt))

# The guest gives its kernel entropy, or the first ssh connection waits 3 s for it.
$(eval $(call guest_program,seed-entropy,hercules/image/seed_entropy.c,,))

# What Hercules needs of 6.12; see there. Kbuild writes beside its sources, so it gets a copy.
CKSM_FIX := build/lab-modules/6.12/cksm_fix.ko
$(CKSM_FIX): $(wildcard hercules/image/cksm_fix/*) | build/kernel/6.12/.ready
	$(call say,KBUILD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)cp $^ $(@D)
	$(Q)$(MAKE) -C build/kernel/6.12/kdir M=$(abspath $(@D)) ARCH=s390 CROSS_COMPILE=$(CROSS) \
		modules >$(@D)/log 2>&1 || { cat $(@D)/log; exit 1; }
LAB_MODULES_6.12 := $(CKSM_FIX)

# $(call image_rule,KERNEL)
IMAGE_FILES := $(shell find hercules/image -type f ! -path '*.c' ! -path '*/cksm_fix/*')
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
$(foreach kernel,$(KERNELS),$(eval $(call image_rule,$(kernel))))

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
