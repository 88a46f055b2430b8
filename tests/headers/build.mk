# SPDX-License-Identifier: MIT
# The modules against the kernel headers of other Debian suites; see driver/build.mk.

build/host/obj/tests/headers/headers_test.cc.o: CXXFLAGS += -DHEADER_SUITES='"$(HEADER_SUITES)"'
$(eval $(call lab_test,headers_test,tests/headers/headers_test.cc,,))
