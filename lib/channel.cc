// SPDX-License-Identifier: MIT
#include "s390log/channel.h"

namespace s390log {

std::string_view ToString(ChannelMode mode) {
  return mode == ChannelMode::kOverwrite ? "overwrite" : "no-overwrite";
}

std::optional<ChannelMode> ParseChannelMode(std::string_view text) {
  for (const ChannelMode mode : {ChannelMode::kNoOverwrite, ChannelMode::kOverwrite}) {
    if (text == ToString(mode)) return mode;
  }
  return std::nullopt;
}

}  // namespace s390log
