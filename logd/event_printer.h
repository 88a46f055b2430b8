// SPDX-License-Identifier: MIT
// Events on standard output: a line each, for people, coloured by severity if that is wanted, or as
// JSON.
#pragma once

#include <cstdio>
#include <string>

#include "logd/style.h"
#include "s390log/event.h"

namespace s390log {

// As syslog counts severities.
Colour ColourOf(int severity);

class EventPrinter {
 public:
  EventPrinter(std::FILE* to, bool json, const Style& style)
      : to_(to), json_(json), style_(style) {}

  // Throws std::system_error if it cannot be printed.
  void Print(const Event& event, const std::string& boot_id);
  void Flush();

 private:
  std::FILE* to_;
  bool json_;
  Style style_;
};

}  // namespace s390log
