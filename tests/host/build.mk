# SPDX-License-Identifier: MIT
# Tests that need no kernel of ours: they run on this machine and, big-endian, under qemu-s390x.

LIB_TESTS := decode record position_area loss_ledger channel_reader overwrite reader_mishap reader_fuzz matcher collector \
	device_number payload volume_label tape_sense catalog message time_text
CAPTURE_TESTS := capture_recorder capture_reader capture_fuzz capture_display replay_command replay_page
LOGD_TESTS := selection rate_limit selected_sink journal_sink reload backlog json_format syslog_format config \
	sink_contract json_sink syslog_sink syslog_section syslog_restart udp_transport tcp_connection \
	tls_fingerprint control_server stats daemon socket_state drive_table explanation store store_reader daemon_store \
	time_point query_command instance_lock account service_notifier quiet_signals hostile_text

$(eval $(call library,hosttest,tests/host/fake_channel.cc tests/host/syslog_parser.cc))
$(eval $(call test,lib_test,$(LIB_TESTS:%=tests/host/%_test.cc),hosttest s390log,-lfmt))
$(eval $(call test,capture_test,$(CAPTURE_TESTS:%=tests/host/%_test.cc),hosttest logd s390log,$(LOGD_LIBS)))
$(eval $(call test,logd_test,$(LOGD_TESTS:%=tests/host/%_test.cc),hosttest logd s390log,$(LOGD_LIBS)))

# The metrics, checked by Prometheus's own promtool.
METRICS_TESTS := metrics metrics_server
$(eval $(call test,metrics_test,$(METRICS_TESTS:%=tests/host/%_test.cc),hosttest logd s390log,$(LOGD_LIBS) $(METRICS_LIBS)))

# logctl as it is run, by a shell and on a terminal: on this machine only.
LOGCTL_TESTS := logctl text_table
$(eval $(call host_test,logctl_test,$(LOGCTL_TESTS:%=tests/host/%_test.cc),hosttest logd s390log,$(LOGD_LIBS)))
$(foreach f,host $(TESTED),$(eval build/$(f)/tests/logctl_test: | build/$(f)/bin/logctl build/$(f)/bin/logd))

# Real servers are programs of this machine only.
SYSLOG_TESTS := syslog_interop syslog_tls syslog_fault hostile_receiver
$(eval $(call host_library,syslogtest,$(addprefix tests/host/,child.cc syslog_server.cc tcp_proxy.cc \
	test_certificates.cc)))
$(eval $(call host_test,syslog_server_test,$(SYSLOG_TESTS:%=tests/host/%_test.cc),\
	syslogtest hosttest logd s390log,$(LOGD_LIBS)))
$(foreach f,host $(TESTED),$(eval build/$(f)/tests/syslog_server_test: | build/syslog/.ready))

# Its fsync() is its own, so it is a program of its own.
$(eval $(call test,power_cut_test,tests/host/power_cut_test.cc tests/host/volatile_disk.cc,hosttest logd s390log,$(LOGD_LIBS)))
