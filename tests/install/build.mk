# SPDX-License-Identifier: MIT
# What `make install` and `make deb` put in place.

INSTALL_TESTS := install unit package
$(eval $(call lab_test,install_test,$(INSTALL_TESTS:%=tests/install/%_test.cc),,-lfmt))

build/host/obj/tests/install/package_test.cc.o: CXXFLAGS += -DVERSION='"$(VERSION)"'

build/systemd/systemd-analyze: $(SETUP)/systemd.sh | $(HOST_READY) build/apt/.ready
	@$(SETUP)/systemd.sh
