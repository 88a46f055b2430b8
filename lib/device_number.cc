// SPDX-License-Identifier: MIT
#include "s390log/device_number.h"

#include <fmt/format.h>
#include <linux/s390_log.h>

namespace s390log {

std::optional<DeviceNumber> DeviceNumber::FromWord(uint32_t word) {
  if ((word & S390_LOG_DEVICE_MARK) == 0) return std::nullopt;
  return DeviceNumber(word);
}

uint8_t DeviceNumber::Cssid() const { return static_cast<uint8_t>(S390_LOG_DEVICE_CSSID(word_)); }

uint8_t DeviceNumber::Ssid() const { return static_cast<uint8_t>(S390_LOG_DEVICE_SSID(word_)); }

uint16_t DeviceNumber::Devno() const { return static_cast<uint16_t>(S390_LOG_DEVICE_DEVNO(word_)); }

std::string DeviceNumber::ToString() const {
  return fmt::format("{:x}.{:x}.{:04x}", Cssid(), Ssid(), Devno());
}

}  // namespace s390log
