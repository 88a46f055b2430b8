// SPDX-License-Identifier: MIT
#include "s390log/time_text.h"

#include <array>
#include <chrono>

namespace s390log {
namespace {

// Digits of `value`, with zeroes before it, so that they end before `end`.
void PutDigits(char* end, int digits, uint64_t value) {
  for (int i = 0; i < digits; ++i) {
    *--end = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

}  // namespace

// Each line of output has one: by hand it is many times quicker than gmtime_r() and a format.
std::string Rfc3339(uint64_t ns_since_epoch, int digits) {
  constexpr uint64_t kNsPerSecond = 1'000'000'000;
  constexpr uint64_t kSecondsPerDay = 86'400;
  const uint64_t seconds = ns_since_epoch / kNsPerSecond;
  uint64_t fraction = ns_since_epoch % kNsPerSecond;
  for (int i = digits; i < 9; ++i) fraction /= 10;
  const std::chrono::days since_epoch(seconds / kSecondsPerDay);
  const std::chrono::year_month_day date{std::chrono::sys_days(since_epoch)};
  const uint64_t of_day = seconds % kSecondsPerDay;

  std::string text = "0000-00-00T00:00:00.";
  PutDigits(&text[4], 4, static_cast<uint64_t>(static_cast<int>(date.year())));
  PutDigits(&text[7], 2, static_cast<unsigned>(date.month()));
  PutDigits(&text[10], 2, static_cast<unsigned>(date.day()));
  PutDigits(&text[13], 2, of_day / 3600);
  PutDigits(&text[16], 2, of_day / 60 % 60);
  PutDigits(&text[19], 2, of_day % 60);
  std::array<char, 9> tail{};
  PutDigits(tail.data() + digits, digits, fraction);
  text.append(tail.data(), static_cast<size_t>(digits));
  text += 'Z';
  return text;
}

}  // namespace s390log
