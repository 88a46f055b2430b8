// SPDX-License-Identifier: MIT
// logctl replay: the events of a capture, as logd would have told them.
#pragma once

#include <cstdio>
#include <string>

#include "logd/style.h"

namespace s390log {

struct ReplayOptions {
  std::string folder;
  bool json = false;
  bool summary_only = false;
  Style style = {};
};

// The exit code. Throws std::exception if there is nothing to read, or nowhere to print.
int RunReplay(const ReplayOptions& options, std::FILE* to);

}  // namespace s390log
