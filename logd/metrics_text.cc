// SPDX-License-Identifier: MIT
#include "logd/metrics_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace s390log {
namespace {

// Names of sinks have file names in them, and these can be any bytes.
std::string ValidUtf8(std::string_view value) {
  using Json = nlohmann::json;
  const Json text = std::string(value);
  return Json::parse(text.dump(-1, ' ', false, Json::error_handler_t::replace)).get<std::string>();
}

}  // namespace

std::string EscapeLabel(std::string_view value) {
  std::string escaped;
  for (const char c : ValidUtf8(value)) {
    if (c == '\n') {
      escaped += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

void MetricsText::Family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  text_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

void MetricsText::Line(std::string_view suffix, Labels labels, const std::string& value) {
  text_ += name_;
  text_ += suffix;
  char before = '{';
  for (const auto& [label, content] : labels) {
    text_ += fmt::format("{}{}=\"{}\"", before, label, EscapeLabel(content));
    before = ',';
  }
  text_ += fmt::format("{} {}\n", labels.size() > 0 ? "}" : "", value);
}

void MetricsText::Sample(uint64_t value, Labels labels) { Line("", labels, fmt::to_string(value)); }

void MetricsText::Sample(double value, Labels labels) {
  Line("", labels, fmt::format("{:.9g}", value));
}

void MetricsText::Add(std::string_view name, std::string_view help, const Histogram& histogram) {
  Family(name, "histogram", help);
  uint64_t through = 0;
  for (size_t i = 0; i < Histogram::kBounds.size(); ++i) {
    through += histogram.Bucket(i);
    Line("_bucket", {{"le", fmt::format("{:g}", Histogram::kBounds[i])}}, fmt::to_string(through));
  }
  Line("_bucket", {{"le", "+Inf"}}, fmt::to_string(histogram.Count()));
  Line("_sum", {}, fmt::format("{:.9f}", histogram.Sum()));
  Line("_count", {}, fmt::to_string(histogram.Count()));
}

}  // namespace s390log
