// SPDX-License-Identifier: MIT
#include "logd/event_printer.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <system_error>

#include "logd/json_format.h"
#include "logd/replay_format.h"
#include "s390log/message.h"

namespace s390log {
namespace {

constexpr int kError = 3;  // and what is worse, as syslog counts
constexpr int kWarning = 4;
constexpr std::string_view kRed = "\033[31m";
constexpr std::string_view kYellow = "\033[33m";
constexpr std::string_view kPlain = "\033[0m";

std::string Coloured(const std::string& line, int severity) {
  if (severity > kWarning) return line;
  std::string coloured(severity <= kError ? kRed : kYellow);
  coloured.append(line, 0, line.size() - 1);
  return coloured.append(kPlain) += '\n';
}

[[noreturn]] void Throw() {
  throw std::system_error(errno, std::system_category(), "cannot print");
}

}  // namespace

EventPrinter::EventPrinter(std::FILE* to, bool json)
    : to_(to),
      json_(json),
      coloured_(!json && ::isatty(::fileno(to)) != 0 && std::getenv("NO_COLOR") == nullptr) {}

void EventPrinter::Print(const Event& event, const std::string& boot_id) {
  std::string line = json_ ? JsonLine(event, boot_id) : HumanLine(event);
  if (coloured_) line = Coloured(line, MessageOf(event).severity);
  if (std::fwrite(line.data(), 1, line.size(), to_) != line.size()) Throw();
}

void EventPrinter::Flush() {
  if (std::fflush(to_) != 0) Throw();
}

}  // namespace s390log
