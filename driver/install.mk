# SPDX-License-Identifier: MIT
# The modules as sources for DKMS, which builds them for the kernels of the machine they come to.

DKMS_FOLDER = src/s390-log-$(VERSION)
DKMS_FILES := $(shell find driver -name Kbuild -o -name '*.[ch]') driver/COPYING \
	$(wildcard include/linux/*.h include/uapi/linux/*.h)

.PHONY: install-dkms uninstall-dkms
install: install-dkms
install-dkms:
	$(Q)for file in $(DKMS_FILES); do \
		$(call install_file,$$file,$(DKMS_FOLDER)/$$file); done
	$(Q)sed 's|@VERSION@|$(VERSION)|' driver/dkms.conf.in \
		>$(DESTDIR)$(PREFIX)/$(DKMS_FOLDER)/dkms.conf

uninstall: uninstall-dkms
uninstall-dkms:
	$(Q)rm -rf $(DESTDIR)$(PREFIX)/$(DKMS_FOLDER)
