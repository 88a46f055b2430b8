// SPDX-License-Identifier: MIT
#include "s390log/volume_label.h"

#include "s390log/ebcdic.h"

namespace s390log {
namespace {

// Where the fields are, in bytes from the beginning.
constexpr size_t kIdentifierSize = 4;
constexpr size_t kVolserAt = 4;
constexpr size_t kVolserSize = 6;
constexpr size_t kStandardOwnerAt = 41;
constexpr size_t kStandardOwnerSize = 10;
constexpr size_t kAsciiOwnerAt = 37;
constexpr size_t kAsciiOwnerSize = 14;

constexpr std::string_view kIdentifier = "VOL1";

std::string Trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

}  // namespace

std::string_view NameOf(LabelType type) {
  switch (type) {
    case LabelType::kStandard:
      return "SL";
    case LabelType::kAscii:
      return "AL";
    case LabelType::kNone:
      break;
  }
  return "NL";
}

VolumeLabel ParseVolumeLabel(std::span<const std::byte> block) {
  if (block.size() != kLabelSize) return {};
  const auto identifier = block.first(kIdentifierSize);
  const auto volser = block.subspan(kVolserAt, kVolserSize);
  if (FromEbcdic(identifier) == kIdentifier) {
    return {LabelType::kStandard, Trimmed(FromEbcdic(volser)),
            Trimmed(FromEbcdic(block.subspan(kStandardOwnerAt, kStandardOwnerSize)))};
  }
  if (FromAscii(identifier) == kIdentifier) {
    return {LabelType::kAscii, Trimmed(FromAscii(volser)),
            Trimmed(FromAscii(block.subspan(kAsciiOwnerAt, kAsciiOwnerSize)))};
  }
  return {};
}

}  // namespace s390log
