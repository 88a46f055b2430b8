// SPDX-License-Identifier: MIT
// The first block of a tape that anybody may have written.
#include <algorithm>

#include "s390log/volume_label.h"
#include "tests/fuzz/target.h"

FUZZ_TARGET(label)(s390log::FuzzInput input) {
  using namespace s390log;
  constexpr size_t kMostOfAByte = 4;  // "\x9f"
  const VolumeLabel label = ParseVolumeLabel(input);
  Require(input.size() == kLabelSize || label.type == LabelType::kNone, "a label has its size");
  Require(label.type != LabelType::kNone || (label.volser.empty() && label.owner.empty()),
          "what is no label names nothing");
  Require(label.volser.size() <= 6 * kMostOfAByte && label.owner.size() <= 14 * kMostOfAByte,
          "fields have their size");
  for (const std::string& text : {label.volser, label.owner}) {
    Require(std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; }),
            "only what can be printed");
  }
}
