# SPDX-License-Identifier: MIT
# libkevent, static and shared, and the program that its man page shows.

$(eval $(call library,kevent,lib/libkevent/kevent.c))

LIBKEVENT_MAN := $(wildcard lib/libkevent/man/*.[1-9])

# $(call libkevent_shared,ARCH)
define libkevent_shared
LIBRARIES += build/$(1)/lib/libkevent.so.1
build/$(1)/lib/libkevent.so.1: lib/libkevent/kevent.c lib/libkevent/libkevent.map | $(ready_$(1))
	$$(call say,LINK $(if $(filter s390x,$(1)),s390x),$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$(cc_$(1)) $$(CFLAGS) $(WARNINGS) $(includes_$(1)) -fPIC -shared -Wl,-soname,libkevent.so.1 \
		-Wl,--version-script=lib/libkevent/libkevent.map -o $$@ $$<
endef
$(eval $(call libkevent_shared,host))
$(eval $(call libkevent_shared,s390x))

# The text between .EX and .EE in the section EXAMPLES, without what roff needs.
build/generated/kevent_example.c: lib/libkevent/man/kevent_wait.2
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)sed -n '/^\.SH EXAMPLES/,$$p' $< | sed -n '/^\.EX/,/^\.EE/{/^\.E[XE]/d;s/\\e/\\/g;p}' > $@

build/s390x/obj/build/generated/kevent_example.c.o: build/generated/kevent_example.c
build/s390x/obj/build/generated/kevent_example.c.o: CFLAGS += -idirafter include
$(eval $(call guest_program,kevent_example,build/generated/kevent_example.c,kevent,))
