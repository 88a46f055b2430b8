// SPDX-License-Identifier: MIT
// The label of a tape volume: what its first block says of it. What is not clearly a label is none.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace s390log {

enum class LabelType {
  kStandard,  // VOL1 in EBCDIC
  kAscii,     // VOL1 in ASCII (ANSI X3.27)
  kNone,
};

// "SL", "AL", "NL"
std::string_view NameOf(LabelType type);

struct VolumeLabel {
  LabelType type = LabelType::kNone;
  // Without the blanks at their ends; a byte that is no printable sign stands as \xNN, so that a
  // label cannot forge anything.
  std::string volser;
  std::string owner;
};

// A label has exactly so many bytes.
inline constexpr size_t kLabelSize = 80;

VolumeLabel ParseVolumeLabel(std::span<const std::byte> block);

}  // namespace s390log
