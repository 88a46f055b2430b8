// SPDX-License-Identifier: MIT
#include "logd/sink_display.h"

#include <fmt/format.h>

#include <array>

#include "logd/text_table.h"

namespace s390log {
namespace {

using Json = nlohmann::ordered_json;
using Align = TextTable::Align;

struct Count {
  const char* key;
  const char* name;
};

// A logd need not know them all.
constexpr std::array kCounts = {
    Count{"undelivered", "waiting"},
    Count{"lag_seconds", "oldest"},
    Count{"taken", "taken"},
    Count{"suppressed", "suppressed"},
    Count{"repeated", "repeated"},
    Count{"expired", "expired"},
    Count{"cut", "cut"},
};

std::string CellOf(const Json& sink, const char* key) {
  if (!sink.contains(key) || sink.at(key).is_null()) return "-";
  const Json& value = sink.at(key);
  if (!value.is_number_float()) return value.dump();
  return value.get<double>() == 0 ? "-" : AgeText(value.get<double>());
}

TextTable::Cell StateOf(const Json& sink) {
  if (sink.at("up").get<bool>()) return {"up", Colour::kGreen};
  const auto reason = sink.at("reason").get<std::string>();
  return {reason.empty() ? "down" : "down: " + reason, Colour::kRed};
}

bool Known(const Json& sinks, const char* key) {
  for (const Json& sink : sinks)
    if (sink.contains(key)) return true;
  return false;
}

}  // namespace

std::string AgeText(double seconds) {
  if (seconds < 1) return fmt::format("{:.0f} ms", seconds * 1000);
  if (seconds < 60) return fmt::format("{:.1f} s", seconds);
  if (seconds < 3600) return fmt::format("{:.0f} min", seconds / 60);
  if (seconds < 172'800) return fmt::format("{:.1f} h", seconds / 3600);
  return fmt::format("{:.1f} days", seconds / 86'400);
}

std::string SinkDisplay(const Json& stats, const Style& style) {
  const Json& sinks = stats.at("sinks");
  std::vector<TextTable::Column> columns = {{"sink"}};
  for (const Count& count : kCounts)
    if (Known(sinks, count.key)) columns.push_back({count.name, Align::kRight});
  columns.push_back({"state"});
  TextTable table(columns);
  for (const Json& sink : sinks) {
    std::vector<TextTable::Cell> row = {sink.at("name").get<std::string>()};
    for (const Count& count : kCounts)
      if (Known(sinks, count.key)) row.emplace_back(CellOf(sink, count.key));
    row.push_back(StateOf(sink));
    table.Add(std::move(row));
  }
  return table.Text(style);
}

}  // namespace s390log
