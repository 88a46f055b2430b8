# SPDX-License-Identifier: MIT
# Tests that need no kernel of ours: they run on this machine and, big-endian, under qemu-s390x.

LIB_TESTS := decode record position_area loss_cause channel_reader matcher collector

$(eval $(call library,hosttest,tests/host/fake_channel.cc))
$(eval $(call test,lib_test,$(LIB_TESTS:%=tests/host/%_test.cc),hosttest s390log,-lfmt))
