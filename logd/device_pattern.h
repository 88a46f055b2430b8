// SPDX-License-Identifier: MIT
// Which devices: one (0.0.0580, or 580), a range (0.0.0580-0.0.058f), or a pattern (0.0.05*).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "s390log/device_number.h"

namespace s390log {

class DevicePattern {
 public:
  // Nothing if the text is none of these.
  static std::optional<DevicePattern> Parse(std::string_view text);

  bool Matches(DeviceNumber device) const;

 private:
  std::string glob_;  // empty: the range
  std::optional<DeviceNumber> first_;
  std::optional<DeviceNumber> last_;
};

}  // namespace s390log
