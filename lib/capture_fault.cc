// SPDX-License-Identifier: MIT
#include "s390log/capture_fault.h"

#include <fmt/format.h>

namespace s390log {

std::string ToString(const CaptureFault& fault) {
  std::string text = fmt::format("{} at {:#x}: {}", fault.file, fault.offset, fault.what);
  if (fault.skipped > 0) text += fmt::format("; {} bytes passed over", fault.skipped);
  return text;
}

}  // namespace s390log
