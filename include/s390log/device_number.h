// SPDX-License-Identifier: MIT
// A channel device: cssid, ssid and device number, printed as in sysfs: 0.0.0580.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace s390log {

class DeviceNumber {
 public:
  // From the word that records carry (S390_LOG_DEVICE). Nothing if the word names no device.
  static std::optional<DeviceNumber> FromWord(uint32_t word);

  // From "0.0.0580", or "0580" for 0.0.0580.
  static std::optional<DeviceNumber> Parse(std::string_view text);

  uint32_t Word() const { return word_; }
  uint8_t Cssid() const;
  uint8_t Ssid() const;
  uint16_t Devno() const;
  std::string ToString() const;

  friend bool operator==(DeviceNumber, DeviceNumber) = default;

 private:
  explicit DeviceNumber(uint32_t word) : word_(word) {}

  uint32_t word_;
};

}  // namespace s390log
