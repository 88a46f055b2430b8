# SPDX-License-Identifier: MIT
# Hours of random trouble, and the books afterwards.

$(eval $(call host_library,soak,$(filter-out tests/soak/main.cc %_test.cc,$(wildcard tests/soak/*.cc))))
SOAK_LIBS := soak lab s390log
SOAK_LDLIBS := -lSQLiteCpp -lsqlite3 -lfmt
$(eval $(call host_program,soak,tests/soak/main.cc,$(SOAK_LIBS),$(SOAK_LDLIBS)))

# HOURS and MINUTES say how long, TIER where (qemu, hercules), SEED what happens.
TIER ?= qemu
.PHONY: soak
soak: build/host/bin/soak $(LAB_READY) build/qemu/.ready
	@TIER=$(TIER) HOURS=$(HOURS) MINUTES=$(MINUTES) SEED=$(SEED) build/host/bin/soak

# What finds faults is tested itself.
TESTS_host += build/host/tests/soak_books_test
$(eval $(call link_rule,host,build/host/tests/soak_books_test,tests/soak/books_test.cc,\
	$(SOAK_LIBS),$(SOAK_LDLIBS) -lgtest_main -lgtest))
