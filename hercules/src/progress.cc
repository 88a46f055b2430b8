// SPDX-License-Identifier: MIT
#include "hercules/src/progress.h"

#include <fmt/core.h>

#include <cstdio>

namespace lab {

std::function<void(const std::string&)> ProgressOnTerminal() {
  return [](const std::string& text) { fmt::print(stderr, "  {:<9} {}\n", "LAB", text); };
}

}  // namespace lab
