// SPDX-License-Identifier: MIT
// Metrics in the text format of Prometheus (version 0.0.4): families of samples, each with its HELP
// and TYPE.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "logd/histogram.h"

namespace s390log {

class MetricsText {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

  // Begins a family. The samples that follow are its; a family without samples may stay empty.
  void Counter(std::string_view name, std::string_view help) { Family(name, "counter", help); }
  void Gauge(std::string_view name, std::string_view help) { Family(name, "gauge", help); }

  void Sample(uint64_t value, Labels labels = {});
  void Sample(double value, Labels labels = {});

  // A family with the one histogram.
  void Add(std::string_view name, std::string_view help, const Histogram& histogram);

  const std::string& Text() const { return text_; }

 private:
  void Family(std::string_view name, std::string_view type, std::string_view help);
  void Line(std::string_view suffix, Labels labels, const std::string& value);

  std::string text_;
  std::string name_;
};

// The value of a label: backslash, quote and newline escaped, and what is no UTF-8 replaced.
std::string EscapeLabel(std::string_view value);

}  // namespace s390log
