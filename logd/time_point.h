// SPDX-License-Identifier: MIT
// Points in time as people write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace s390log {

// What ParseTime() takes, for messages.
inline constexpr std::string_view kTimeForms =
    "now, today, yesterday, 90 seconds ago, 2 hours ago, 10:30, 2026-11-23, 2026-11-23 10:30:05, "
    "2026-11-23T10:30:05.5Z";

// Nanoseconds since the epoch. Without a zone it is local time; today and a date alone begin at
// midnight; a time alone is today's.
std::optional<uint64_t> ParseTime(std::string_view text, uint64_t now_ns);

}  // namespace s390log
