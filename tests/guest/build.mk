# SPDX-License-Identifier: MIT
# Tests that run on this machine and boot a guest.

HERCULES_TESTS := hercules walkthrough tape_errors volume volume_trouble synthetic_irb unit_check attach burst \
	transparency tape_3590 hercules_death
$(eval $(call lab_test,hercules_test,$(HERCULES_TESTS:%=tests/guest/%_test.cc),\
	labtest soak lab s390log,-lSQLiteCpp -lsqlite3 -lfmt))
QEMU_TESTS := qemu capture durability failpoint soak stranger qemu_death
$(eval $(call lab_test,qemu_test,$(QEMU_TESTS:%=tests/guest/%_test.cc),\
	labtest soak lab s390log,-lSQLiteCpp -lsqlite3 -lfmt))

build/host/obj/tests/guest/qemu_test.cc.o: CXXFLAGS += -DGUEST_TESTS='"$(GUEST_TESTS)"'

# The packages on a real Debian, in a program of its own: it takes many minutes.
$(eval $(call lab_test,debian_test,tests/guest/debian_test.cc,labtest lab,-lfmt))
build/host/obj/tests/guest/debian_test.cc.o: CXXFLAGS += -DVERSION='"$(VERSION)"'

# What only a debug kernel can tell: make test-debug, make test-kcsan.
$(eval $(call lab_test,debug_test,tests/guest/debug_test.cc,labtest lab,-lfmt))
