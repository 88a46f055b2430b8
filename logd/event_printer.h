// SPDX-License-Identifier: MIT
// Events on standard output: a line each, for people or as JSON; in colours, by severity, if it is
// a terminal and NO_COLOR is not set.
#pragma once

#include <cstdio>
#include <string>

#include "s390log/event.h"

namespace s390log {

class EventPrinter {
 public:
  EventPrinter(std::FILE* to, bool json);

  // Throws std::system_error if it cannot be printed.
  void Print(const Event& event, const std::string& boot_id);
  void Flush();

 private:
  std::FILE* to_;
  bool json_;
  bool coloured_;
};

}  // namespace s390log
