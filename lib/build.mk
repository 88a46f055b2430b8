# SPDX-License-Identifier: MIT
# The collector library, the tables that are made for it, and the page that is made of them.

CATALOG_TABLE := build/generated/catalog_table.cc
TAPE_SENSE_TABLE := build/generated/tape_sense_table.cc
MESSAGES_PAGE := build/generated/s390-log-messages.7

S390LOG_SOURCES := $(filter-out lib/%_generator.cc,$(wildcard lib/*.cc)) $(CATALOG_TABLE) \
	$(TAPE_SENSE_TABLE)

$(eval $(call host_program,catalog-generator,lib/catalog_generator.cc,,-lfmt))
$(eval $(call host_program,tape-sense-generator,lib/tape_sense_generator.cc,,-lfmt))
$(eval $(call host_program,messages-page-generator,lib/messages_page_generator.cc,s390log,-lfmt))
$(eval $(call library,s390log,$(S390LOG_SOURCES)))

$(CATALOG_TABLE): lib/catalog.toml build/host/bin/catalog-generator
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)build/host/bin/catalog-generator $< > $@

$(TAPE_SENSE_TABLE): lib/tape_sense.toml build/host/bin/tape-sense-generator
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)build/host/bin/tape-sense-generator $< > $@

$(MESSAGES_PAGE): build/host/bin/messages-page-generator
	$(call say,GEN,$@)
	$(Q)$< > $@

all: $(MESSAGES_PAGE)

-include lib/libkevent/build.mk
