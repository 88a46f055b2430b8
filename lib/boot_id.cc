// SPDX-License-Identifier: MIT
#include "s390log/boot_id.h"

#include <fmt/format.h>

#include <algorithm>

namespace s390log {

BootId::BootId(std::span<const std::byte, kSize> bytes) {
  std::copy(bytes.begin(), bytes.end(), bytes_.begin());
}

std::string BootId::ToString() const {
  std::string text;
  text.reserve(36);
  for (size_t i = 0; i < kSize; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", std::to_integer<unsigned>(bytes_[i]));
  }
  return text;
}

}  // namespace s390log
