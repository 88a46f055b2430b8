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

# --- installing: what a program needs to be built with libkevent, and its pages --------------------

LIBKEVENT_INSTALLED = $(addprefix $(PREFIX)/,lib/libkevent.a lib/libkevent.so.1 lib/libkevent.so \
	lib/pkgconfig/libkevent.pc include/s390log/kevent.h include/linux/kevent.h \
	include/linux/s390_log.h $(foreach m,$(LIBKEVENT_MAN),share/man/man$(subst .,,$(suffix $(m)))/$(notdir $(m))))

.PHONY: install-libkevent uninstall-libkevent
install: install-libkevent
install-libkevent: build/host/lib/libkevent.a build/host/lib/libkevent.so.1
	$(Q)install -D -m 644 build/host/lib/libkevent.a $(DESTDIR)$(PREFIX)/lib/libkevent.a
	$(Q)install -D build/host/lib/libkevent.so.1 $(DESTDIR)$(PREFIX)/lib/libkevent.so.1
	$(Q)ln -sf libkevent.so.1 $(DESTDIR)$(PREFIX)/lib/libkevent.so
	$(Q)mkdir -p $(DESTDIR)$(PREFIX)/lib/pkgconfig
	$(Q)sed 's|@PREFIX@|$(PREFIX)|' lib/libkevent/libkevent.pc.in \
		>$(DESTDIR)$(PREFIX)/lib/pkgconfig/libkevent.pc
	$(Q)install -D -m 644 include/s390log/kevent.h $(DESTDIR)$(PREFIX)/include/s390log/kevent.h
	$(Q)for h in kevent s390_log; do \
		install -D -m 644 include/uapi/linux/$$h.h $(DESTDIR)$(PREFIX)/include/linux/$$h.h; done
	$(Q)for page in $(LIBKEVENT_MAN); do \
		install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/}; done

uninstall: uninstall-libkevent
uninstall-libkevent:
	$(Q)rm -f $(addprefix $(DESTDIR),$(LIBKEVENT_INSTALLED))
