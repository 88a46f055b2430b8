# SPDX-License-Identifier: MIT
#
# What reads foreign bytes, under libFuzzer, ASan and UBSan; the tests run the same targets over
# their corpora. Inputs that are new go to build/fuzz/corpus, faults to build/fuzz/TARGET-*.

FUZZ_TARGETS := record capture config label syslog json control

# What the targets need of logd: clang compiles no more than that.
FUZZED_LOGD := $(addprefix logd/,config.cc config_section.cc control_server.cc device_pattern.cc \
	json_format.cc json_writer.cc known_values.cc listen_address.cc selection.cc \
	selection_section.cc syslog_format.cc syslog_section.cc tls_fingerprint.cc)
$(eval $(call archive_rule,fuzz,fuzzed,$(FUZZED_LOGD)))

# $(call fuzz_rule,TARGET)
define fuzz_rule
$(call link_rule,fuzz,build/fuzz/bin/$(1),tests/fuzz/$(1)_fuzz.cc tests/fuzz/event_input.cc,\
	hosttest fuzzed s390log,-lssl -lcrypto -lfmt)
endef
$(foreach target,$(FUZZ_TARGETS),$(eval $(call fuzz_rule,$(target))))

$(eval $(call test,fuzz_test,$(FUZZ_TARGETS:%=tests/fuzz/%_fuzz.cc) tests/fuzz/event_input.cc \
	tests/fuzz/corpus_test.cc,hosttest logd s390log,$(LOGD_LIBS)))

FUZZ_READY := build/.fuzz-packages
$(FUZZ_READY): $(SETUP)/fuzz-packages.list | $(HOST_READY)
	@$(SETUP)/host-packages.sh $<
	@touch $@

# One after the other, each for so long; the first fault ends it, with the input that shows it.
FUZZ_SECONDS ?= 300
.PHONY: fuzz $(FUZZ_TARGETS:%=fuzz-%)
fuzz: $(FUZZ_TARGETS:%=fuzz-%)
$(FUZZ_TARGETS:%=fuzz-%): fuzz-%: build/fuzz/bin/%
	@mkdir -p build/fuzz/corpus/$*
	@tests/fuzz/run.sh $* $(FUZZ_SECONDS)
