// SPDX-License-Identifier: MIT
// EBCDIC, code page 037, as far as labels go: letters, digits and the signs of ASCII. Code page
// 1047 differs in brackets and the caret alone, which no label has.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace s390log {

// Of each byte the ASCII sign; what has none becomes \xNN with the byte as it was, and a backslash
// becomes two: different bytes give different texts.
std::string FromEbcdic(std::span<const std::byte> bytes);

// The same for bytes that should be ASCII.
std::string FromAscii(std::span<const std::byte> bytes);

}  // namespace s390log
