// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>

namespace s390log {

// Nanoseconds since the epoch: the time that people read, which may be set back.
inline uint64_t WallClockNs() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<uint64_t>(std::chrono::nanoseconds(now).count());
}

}  // namespace s390log
