# SPDX-License-Identifier: MIT
#
# Flavours: how the libraries and the host tests are compiled besides. The first fault ends the
# program. -DBIN_FOLDER is where tests find logd and logctl of their own flavour; with -DSANITIZED they
# set no limits of memory, of which the sanitizers take terabytes. What the sanitizers
# add makes g++ see uninitialized variables in the standard library, where there are none.

cc_asan = gcc
cxx_asan = g++
includes_asan := $(INCLUDES)
sanitize_asan := -fsanitize=address,undefined -fno-sanitize-recover=all
flags_asan := $(sanitize_asan) -fno-omit-frame-pointer -O1 -Wno-maybe-uninitialized \
	-DBIN_FOLDER='"build/asan/bin"' -DSANITIZED
ldflags_asan := $(sanitize_asan)
ready_asan := $(HOST_READY)

# TSan does not know fences, of which g++ warns: what they order it may report.
cc_tsan = gcc
cxx_tsan = g++
includes_tsan := $(INCLUDES)
flags_tsan := -fsanitize=thread -O1 -Wno-tsan -Wno-maybe-uninitialized \
	-DBIN_FOLDER='"build/tsan/bin"' -DSANITIZED
ldflags_tsan := -fsanitize=thread
ready_tsan := $(HOST_READY)

# Not optimized, or lines would share what they count.
cc_gcov = gcc
cxx_gcov = g++
includes_gcov := $(INCLUDES)
flags_gcov := --coverage -fprofile-update=atomic -O0 -DBIN_FOLDER='"build/gcov/bin"'
ldflags_gcov := --coverage
ready_gcov := $(HOST_READY)

# g++ has warned of what there is to warn of.
cc_fuzz = clang
cxx_fuzz = clang++
includes_fuzz := $(INCLUDES)
sanitize_fuzz := -fsanitize=address,undefined -fno-sanitize-recover=all
flags_fuzz := $(sanitize_fuzz) -fsanitize=fuzzer-no-link -fno-omit-frame-pointer -O1 -gline-tables-only -w \
	-DFUZZ_ENGINE
ldflags_fuzz := $(sanitize_fuzz) -fsanitize=fuzzer
ready_fuzz := build/.fuzz-packages
