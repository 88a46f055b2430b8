// SPDX-License-Identifier: MIT
#include "s390log/ebcdic.h"

#include <fmt/format.h>

#include <string_view>

namespace s390log {
namespace {

constexpr char kNone = '\177';
constexpr uint8_t kFirst = 0x40;  // before it are control characters

// Of each byte from kFirst on the sign, or kNone.
constexpr std::string_view kSigns =
    " \177\177\177\177\177\177\177\177\177\177.<(+|"           // 40
    "&\177\177\177\177\177\177\177\177\177!$*);\177"           // 50
    "-/\177\177\177\177\177\177\177\177\177,%_>?"              // 60
    "\177\177\177\177\177\177\177\177\177`:#@'=\""             // 70
    "\177abcdefghi\177\177\177\177\177\177"                    // 80
    "\177jklmnopqr\177\177\177\177\177\177"                    // 90
    "\177~stuvwxyz\177\177\177\177\177\177"                    // a0
    "^\177\177\177\177\177\177\177\177\177[]\177\177\177\177"  // b0
    "{ABCDEFGHI\177\177\177\177\177\177"                       // c0
    "}JKLMNOPQR\177\177\177\177\177\177"                       // d0
    "\\\177STUVWXYZ\177\177\177\177\177\177"                   // e0
    "0123456789\177\177\177\177\177\177";                      // f0
static_assert(kSigns.size() == 256 - kFirst);

void Append(std::string& text, char sign, std::byte byte) {
  if (sign == '\\') {
    text += "\\\\";
  } else if (sign == kNone) {
    text += fmt::format("\\x{:02x}", std::to_integer<unsigned>(byte));
  } else {
    text += sign;
  }
}

}  // namespace

std::string FromEbcdic(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte byte : bytes) {
    const auto code = std::to_integer<uint8_t>(byte);
    Append(text, code < kFirst ? kNone : kSigns[code - kFirst], byte);
  }
  return text;
}

std::string FromAscii(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte byte : bytes) {
    const auto code = std::to_integer<uint8_t>(byte);
    Append(text, code >= 0x20 && code < 0x7f ? static_cast<char>(code) : kNone, byte);
  }
  return text;
}

}  // namespace s390log
