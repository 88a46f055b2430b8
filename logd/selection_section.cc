// SPDX-License-Identifier: MIT
#include "logd/selection_section.h"

#include <vector>

namespace s390log {
namespace {

constexpr int64_t kMaxPerSecond = 1'000'000;
constexpr int64_t kMaxBurst = 10'000'000;

std::vector<std::string_view> Severities() {
  std::vector<std::string_view> names;
  for (int severity = 0; severity < 8; ++severity) names.push_back(SeverityName(severity));
  return names;
}

}  // namespace

void ReadSelection(ConfigSection& section, SelectionConfig& selection) {
  auto severity = static_cast<size_t>(selection.severity);
  section.Choice("severity", Severities(), severity);
  selection.severity = static_cast<int>(severity);
  section.Texts("events", "a message id, a name of an event, or a pattern that fits one",
                Selection::IsEventPattern, selection.events);
  section.Texts(
      "devices", "a device (0.0.0580), a range (0.0.0580-0.0.058f) or a pattern (0.0.05*)",
      [](const std::string& text) { return DevicePattern::Parse(text).has_value(); },
      selection.devices);
  section.Number("max_per_second", 0, kMaxPerSecond, selection.max_per_second);
  section.Number("burst", 0, kMaxBurst, selection.burst);
}

}  // namespace s390log
