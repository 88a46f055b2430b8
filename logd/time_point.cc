// SPDX-License-Identifier: MIT
#include "logd/time_point.h"

#include <array>
#include <charconv>
#include <ctime>
#include <limits>
#include <string>

namespace s390log {
namespace {

constexpr uint64_t kNsPerSecond = 1'000'000'000;
constexpr int kNsDigits = 9;
constexpr uint64_t kMaxSeconds = std::numeric_limits<int64_t>::max() / kNsPerSecond;

struct Unit {
  std::string_view name;
  uint64_t seconds;
};
constexpr std::array kUnits = {Unit{"second", 1}, Unit{"minute", 60}, Unit{"hour", 3600},
                               Unit{"day", 86'400}, Unit{"week", 604'800}};

std::tm Local(time_t seconds) {
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return local;
}

std::optional<uint64_t> FromLocal(std::tm local) {
  local.tm_isdst = -1;
  const time_t seconds = ::mktime(&local);
  if (seconds < 0) return std::nullopt;
  return static_cast<uint64_t>(seconds) * kNsPerSecond;
}

std::optional<uint64_t> Midnight(uint64_t now_ns, int days_ago) {
  std::tm day = Local(static_cast<time_t>(now_ns / kNsPerSecond));
  day.tm_hour = day.tm_min = day.tm_sec = 0;
  day.tm_mday -= days_ago;
  return FromLocal(day);
}

bool TakeNumber(std::string_view& text, uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return true;
}

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// "2 hours ago"
std::optional<uint64_t> Ago(std::string_view text, uint64_t now_ns) {
  uint64_t count = 0;
  if (!TakeNumber(text, count) || !TakePrefix(text, " ")) return std::nullopt;
  for (const Unit& unit : kUnits) {
    std::string_view rest = text;
    if (!TakePrefix(rest, unit.name)) continue;
    TakePrefix(rest, "s");
    const uint64_t now = now_ns / kNsPerSecond;
    if (rest != " ago" || count > now / unit.seconds) return std::nullopt;
    return now_ns - count * unit.seconds * kNsPerSecond;
  }
  return std::nullopt;
}

// ".5"
bool TakeFraction(std::string_view& text, uint64_t& ns) {
  if (!TakePrefix(text, ".")) return true;
  int digits = 0;
  for (ns = 0; !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1)) {
    if (digits == kNsDigits) continue;
    ns = ns * 10 + static_cast<uint64_t>(text[0] - '0');
    ++digits;
  }
  if (digits == 0) return false;
  for (; digits < kNsDigits; ++digits) ns *= 10;
  return true;
}

// "Z" or "+01:00": seconds east of UTC.
std::optional<int64_t> ZoneOf(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  uint64_t hours = 0, minutes = 0;
  const bool west = text.starts_with("-");
  if (text.size() != 6 || (!west && text[0] != '+') || text[3] != ':') return std::nullopt;
  std::string_view first = text.substr(1, 2), second = text.substr(4, 2);
  if (!TakeNumber(first, hours) || !TakeNumber(second, minutes) || !first.empty() ||
      !second.empty() || hours > 23 || minutes > 59)
    return std::nullopt;
  const auto seconds = static_cast<int64_t>(hours * 3600 + minutes * 60);
  return west ? -seconds : seconds;
}

// strptime() forms, the longest first: what is left of the text begins behind them.
constexpr std::array kForms = {
    "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M",
    "%Y-%m-%d",          "%H:%M:%S",          "%H:%M"};

std::optional<uint64_t> FromForm(const std::string& text, const char* form, uint64_t now_ns) {
  std::tm time{};
  if (form[1] == 'H') {
    time = Local(static_cast<time_t>(now_ns / kNsPerSecond));
    time.tm_sec = 0;
  }
  const char* end = ::strptime(text.c_str(), form, &time);
  if (end == nullptr) return std::nullopt;
  std::string_view rest = end;
  uint64_t fraction = 0;
  if (!TakeFraction(rest, fraction)) return std::nullopt;
  if (rest.empty()) {
    const auto local = FromLocal(time);
    return local ? std::optional(*local + fraction) : std::nullopt;
  }
  const auto zone = ZoneOf(rest);
  if (!zone) return std::nullopt;
  const int64_t seconds = ::timegm(&time) - *zone;
  if (seconds < 0 || static_cast<uint64_t>(seconds) > kMaxSeconds) return std::nullopt;
  return static_cast<uint64_t>(seconds) * kNsPerSecond + fraction;
}

}  // namespace

std::optional<uint64_t> ParseTime(std::string_view text, uint64_t now_ns) {
  if (text == "now") return now_ns;
  if (text == "today") return Midnight(now_ns, 0);
  if (text == "yesterday") return Midnight(now_ns, 1);
  if (const auto ago = Ago(text, now_ns)) return ago;
  for (const char* form : kForms) {
    if (const auto time = FromForm(std::string(text), form, now_ns)) return time;
  }
  return std::nullopt;
}

}  // namespace s390log
