// SPDX-License-Identifier: MIT
// How output looks: in colours and as wide as the terminal, or plain.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace s390log {

enum class ColourMode { kAuto, kAlways, kNever };

enum class Colour { kNone, kRed, kYellow, kGreen, kBold };

struct Style {
  bool colour = false;
  size_t width = 0;  // of the terminal; 0: any

  // The text as it is, if there are no colours.
  std::string Paint(std::string_view text, Colour paint) const;
};

// kAuto: colours if it is a terminal, and NO_COLOR is not set (no-color.org) or empty.
Style StyleOf(int fd, ColourMode mode);

}  // namespace s390log
