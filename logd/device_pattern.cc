// SPDX-License-Identifier: MIT
#include "logd/device_pattern.h"

#include <fnmatch.h>

namespace s390log {

std::optional<DevicePattern> DevicePattern::Parse(std::string_view text) {
  DevicePattern pattern;
  if (text.find_first_of("*?[") != std::string_view::npos) {
    const bool plausible =
        text.find_first_not_of("0123456789abcdef.*?[]-!") == std::string_view::npos;
    if (!plausible) return std::nullopt;
    pattern.glob_ = text;
    return pattern;
  }
  const size_t dash = text.find('-');
  pattern.first_ = DeviceNumber::Parse(text.substr(0, dash));
  pattern.last_ =
      dash == std::string_view::npos ? pattern.first_ : DeviceNumber::Parse(text.substr(dash + 1));
  if (!pattern.first_ || !pattern.last_ || pattern.first_->Word() > pattern.last_->Word()) {
    return std::nullopt;
  }
  return pattern;
}

bool DevicePattern::Matches(DeviceNumber device) const {
  if (!glob_.empty()) return ::fnmatch(glob_.c_str(), device.ToString().c_str(), 0) == 0;
  return device.Word() >= first_->Word() && device.Word() <= last_->Word();
}

}  // namespace s390log
