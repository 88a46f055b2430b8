// SPDX-License-Identifier: MIT
#include "logd/event_printer.h"

#include <cerrno>
#include <system_error>

#include "logd/json_format.h"
#include "logd/replay_format.h"
#include "s390log/message.h"

namespace s390log {
namespace {

constexpr int kError = 3;  // and what is worse, as syslog counts
constexpr int kWarning = 4;

[[noreturn]] void Throw() {
  throw std::system_error(errno, std::system_category(), "cannot print");
}

}  // namespace

Colour ColourOf(int severity) {
  if (severity <= kError) return Colour::kRed;
  return severity == kWarning ? Colour::kYellow : Colour::kNone;
}

void EventPrinter::Print(const Event& event, const std::string& boot_id) {
  std::string line = json_ ? JsonLine(event, boot_id) : HumanLine(event);
  if (!json_ && style_.colour) {
    line.pop_back();  // the end of the line is not coloured
    line = style_.Paint(line, ColourOf(MessageOf(event).severity)) + '\n';
  }
  if (std::fwrite(line.data(), 1, line.size(), to_) != line.size()) Throw();
}

void EventPrinter::Flush() {
  if (std::fflush(to_) != 0) Throw();
}

}  // namespace s390log
