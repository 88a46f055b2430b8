# SPDX-License-Identifier: MIT
# The collector library, and the table of messages that is made for it.

CATALOG_TABLE := build/generated/catalog_table.cc

S390LOG_SOURCES := $(filter-out lib/catalog_generator.cc,$(wildcard lib/*.cc)) $(CATALOG_TABLE)

$(eval $(call host_program,catalog-generator,lib/catalog_generator.cc,,-lfmt))
$(eval $(call library,s390log,$(S390LOG_SOURCES)))

$(CATALOG_TABLE): lib/catalog.toml build/host/bin/catalog-generator
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)build/host/bin/catalog-generator $< > $@

-include lib/libkevent/build.mk
