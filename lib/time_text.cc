// SPDX-License-Identifier: MIT
#include "s390log/time_text.h"

#include <fmt/format.h>

#include <ctime>

namespace s390log {

std::string Rfc3339(uint64_t ns_since_epoch, int digits) {
  constexpr uint64_t kNsPerSecond = 1'000'000'000;
  const auto seconds = static_cast<std::time_t>(ns_since_epoch / kNsPerSecond);
  uint64_t fraction = ns_since_epoch % kNsPerSecond;
  for (int i = digits; i < 9; ++i) fraction /= 10;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:0{}}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     fraction, digits);
}

}  // namespace s390log
