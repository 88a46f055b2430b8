// SPDX-License-Identifier: MIT
#include "logd/exit_code.h"

#include <fmt/format.h>

namespace s390log {

std::string ExitCodeText() {
  std::string text = "Exit status:\n";
  for (const ExitCode& each : kExitCodes)
    text += fmt::format("  {}  {}\n", each.code, each.meaning);
  return text;
}

}  // namespace s390log
