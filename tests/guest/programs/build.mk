# SPDX-License-Identifier: MIT
#
# Tests that run inside the guest, on the real kernel.
$(eval $(call guest_test,kevent_test,$(addprefix tests/guest/programs/kevent_,refusal_test.cc \
	ring_test.cc request_test.cc wait_test.cc process_test.cc),kevent,))
$(eval $(call guest_test,kevent_type_test,$(addprefix tests/guest/programs/kevent_,type_test.cc \
	storage_test.cc),kevent,))
$(eval $(call guest_test,s390_log_test,tests/guest/programs/s390_log_test.cc,kevent,))
$(eval $(call guest_test,channel_test,tests/guest/programs/channel_test.cc,s390log kevent,-lfmt))
$(eval $(call guest_test,hotplug_test,tests/guest/programs/hotplug_test.cc,s390log kevent,-lfmt))
$(eval $(call guest_test,flood_test,tests/guest/programs/flood_test.cc,s390log kevent,-lfmt))
$(eval $(call guest_program,kevent_shell,tests/guest/programs/kevent_shell.cc,kevent,-lgtest -lfmt))
$(eval $(call guest_program,kevent_bench,tests/bench/kevent_bench.cc,kevent,-lfmt))
$(eval $(call guest_program,flood,$(wildcard tests/guest/programs/flood/*.cc),s390log kevent,-lfmt))
$(eval $(call guest_program,device_fuzz,$(wildcard tests/guest/programs/device_fuzz/*.cc),s390log kevent,-lfmt))
$(eval $(call guest_program,emit_bench,tests/bench/emit_bench.cc,logd s390log kevent,$(LOGD_LIBS)))
$(eval $(call guest_program,tape_status,tests/guest/programs/tape_status.cc,,))
$(eval $(call guest_program,tape_display,tests/guest/programs/tape_display.cc,,))
$(eval $(call guest_program,start_bench,$(addprefix tests/bench/life/,start_bench.cc watched_logd.cc) \
	tests/host/child.cc,hosttest logd s390log,$(LOGD_LIBS)))
$(eval $(call guest_program,path_bench,tests/bench/path_bench.cc,,-lfmt))
$(eval $(call guest_program,stranger,tests/guest/programs/stranger.cc,,))
$(eval $(call guest_program,channel_state,tests/guest/programs/channel_state.cc,s390log kevent,-lfmt))

# logd as it is, but that it dies where the test wants it to.
$(eval $(call guest_program,logd_failpoint,logd/logd.cc tests/guest/programs/failpoint.cc,logd s390log kevent,$(LOGD_LIBS) $(METRICS_LIBS)))

# Allocations that fail; for debug_test only, as they need KERNEL=debug.
$(foreach part,module queue log cpu,$(eval $(call guest_program,$(part)_faults_test,\
	$(addprefix tests/guest/programs/faults/,$(part)_faults_test.cc injector.cc kernel_module.cc),\
	s390log kevent,-lgtest_main -lgtest -lfmt)))
