// SPDX-License-Identifier: MIT
// logctl query and logctl tail: what is in the store.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include "logd/style.h"

namespace s390log {

// As they stand on the command line; empty: not given.
struct QueryOptions {
  std::string store;
  std::string since;
  std::string until;
  std::string device;
  std::string message;
  std::string volser;
  std::string severity;
  std::string text;
  uint64_t limit = 0;  // 0: all
  bool follow = false;
  bool json = false;
  Style style = {};
};

// The exit code. With `follow` it ends with SIGINT or SIGTERM only. Throws std::exception with a
// sentence if an option makes no sense, or the store cannot be read.
int RunQuery(const QueryOptions& options, std::FILE* to);

}  // namespace s390log
