# SPDX-License-Identifier: MIT
# What a program needs to be built with libkevent, its pages, and the page of the messages.

LIB_INSTALLED := lib/libkevent.a lib/libkevent.so.1 lib/libkevent.so lib/pkgconfig/libkevent.pc \
	include/s390log/kevent.h include/linux/kevent.h include/linux/s390_log.h \
	$(foreach m,$(LIBKEVENT_MAN),share/man/man$(subst .,,$(suffix $(m)))/$(notdir $(m))) \
	share/man/man7/$(notdir $(MESSAGES_PAGE))

.PHONY: install-lib uninstall-lib
install: install-lib
install-lib: build/$(INSTALL_ARCH)/lib/libkevent.a build/$(INSTALL_ARCH)/lib/libkevent.so.1 \
		$(MESSAGES_PAGE)
	$(Q)$(call install_file,build/$(INSTALL_ARCH)/lib/libkevent.a,lib/libkevent.a)
	$(Q)$(call install_file,build/$(INSTALL_ARCH)/lib/libkevent.so.1,lib/libkevent.so.1)
	$(Q)ln -sf libkevent.so.1 $(DESTDIR)$(PREFIX)/lib/libkevent.so
	$(Q)mkdir -p $(DESTDIR)$(PREFIX)/lib/pkgconfig
	$(Q)sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' lib/libkevent/libkevent.pc.in \
		>$(DESTDIR)$(PREFIX)/lib/pkgconfig/libkevent.pc
	$(Q)$(call install_file,include/s390log/kevent.h,include/s390log/kevent.h)
	$(Q)for h in kevent s390_log; do \
		$(call install_file,include/uapi/linux/$$h.h,include/linux/$$h.h); done
	$(Q)for page in $(LIBKEVENT_MAN) $(MESSAGES_PAGE); do \
		$(call install_file,$$page,share/man/man$${page##*.}/$${page##*/}); done

uninstall: uninstall-lib
uninstall-lib:
	$(Q)$(call uninstall_files,$(LIB_INSTALLED))
	$(Q)rmdir --ignore-fail-on-non-empty $(wildcard $(DESTDIR)$(PREFIX)/include/s390log) 2>/dev/null || true
