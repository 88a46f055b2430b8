# SPDX-License-Identifier: MIT
# Debian packages of what `make install` puts in place: s390-log (s390x) and s390-log-dkms (all).

DEBS := build/deb/s390-log_$(VERSION)_s390x.deb build/deb/s390-log-dkms_$(VERSION)_all.deb
DEB_FILES := $(filter-out debian/build.mk,$(wildcard debian/*))

.PHONY: deb
deb: $(DEBS)

# One run makes both.
$(firstword $(DEBS)): build/s390x/bin/logd build/s390x/bin/logctl build/s390x/lib/libkevent.so.1 \
		build/s390x/lib/libkevent.a $(MESSAGES_PAGE) $(LOGD_PAGES) $(LIBKEVENT_MAN) \
		$(wildcard logd/service/*) $(COMPLETIONS) $(DKMS_FILES) driver/dkms.conf.in $(DEB_FILES)
	@rm -rf build/deb
	@$(MAKE) install INSTALL_ARCH=s390x PREFIX=/usr SYSCONFDIR=/etc DESTDIR=$(abspath build/deb/tree)
	$(call say,DEB,$(DEBS))
	$(Q)debian/deb.sh $(VERSION) build/deb
$(lastword $(DEBS)): $(firstword $(DEBS)) ;
