# SPDX-License-Identifier: MIT
# Tests that run on this machine and boot a guest.

$(eval $(call lab_test,hercules_test,tests/guest/hercules_test.cc tests/guest/walkthrough_test.cc,labtest lab,-lfmt))
$(eval $(call lab_test,qemu_test,tests/guest/qemu_test.cc tests/guest/capture_test.cc,\
	labtest lab s390log,-lfmt))

build/host/obj/tests/guest/qemu_test.cc.o: CXXFLAGS += -DGUEST_TESTS='"$(GUEST_TESTS)"'
