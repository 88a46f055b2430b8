// SPDX-License-Identifier: MIT
// What of a capture cannot be read, and where it lies.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace s390log {

struct CaptureFault {
  std::string file;
  uint64_t offset;   // in the file
  uint64_t skipped;  // bytes that were passed over because of it
  std::string what;
};

using CaptureFaultHandler = std::function<void(const CaptureFault&)>;

// "cap/cpu0 at 0x448: record shorter than its header; 3000 bytes passed over"
std::string ToString(const CaptureFault& fault);

}  // namespace s390log
