// SPDX-License-Identifier: MIT
#include "logd/style.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace s390log {
namespace {

std::string_view BeginOf(Colour colour) {
  switch (colour) {
    case Colour::kNone:
      return "";
    case Colour::kRed:
      return "\033[31m";
    case Colour::kYellow:
      return "\033[33m";
    case Colour::kGreen:
      return "\033[32m";
    case Colour::kBold:
      return "\033[1m";
  }
  return "";
}

bool Wanted(ColourMode mode, bool terminal) {
  if (mode != ColourMode::kAuto) return mode == ColourMode::kAlways;
  const char* no_color = std::getenv("NO_COLOR");
  return terminal && (no_color == nullptr || *no_color == '\0');
}

}  // namespace

std::string Style::Paint(std::string_view text, Colour paint) const {
  if (!colour || paint == Colour::kNone || text.empty()) return std::string(text);
  return std::string(BeginOf(paint)).append(text).append("\033[0m");
}

Style StyleOf(int fd, ColourMode mode) {
  const bool terminal = ::isatty(fd) == 1;
  winsize size{};
  if (!terminal || ::ioctl(fd, TIOCGWINSZ, &size) != 0) size.ws_col = 0;
  return {Wanted(mode, terminal), size.ws_col};
}

}  // namespace s390log
