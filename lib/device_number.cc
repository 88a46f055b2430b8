// SPDX-License-Identifier: MIT
#include "s390log/device_number.h"

#include <fmt/format.h>
#include <linux/s390_log.h>

#include <charconv>

namespace s390log {

std::optional<DeviceNumber> DeviceNumber::FromWord(uint32_t word) {
  if ((word & S390_LOG_DEVICE_MARK) == 0) return std::nullopt;
  return DeviceNumber(word);
}

namespace {

// Takes hexadecimal digits that end with `end`, or with the text if that is 0.
bool TakeHex(std::string_view& text, char end, uint32_t max, uint32_t& value) {
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || value > max) return false;
  text.remove_prefix(static_cast<size_t>(at - text.data()));
  if (end == 0) return text.empty();
  if (!text.starts_with(end)) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::optional<DeviceNumber> DeviceNumber::Parse(std::string_view text) {
  constexpr uint32_t kMaxCssid = 0xff, kMaxSsid = 0x7f, kMaxDevno = 0xffff;
  uint32_t cssid = 0, ssid = 0, devno = 0;
  const bool whole = text.find('.') != std::string_view::npos;
  if (whole && (!TakeHex(text, '.', kMaxCssid, cssid) || !TakeHex(text, '.', kMaxSsid, ssid)))
    return std::nullopt;
  if (!TakeHex(text, 0, kMaxDevno, devno)) return std::nullopt;
  return FromWord(S390_LOG_DEVICE(cssid, ssid, devno));
}

uint8_t DeviceNumber::Cssid() const { return static_cast<uint8_t>(S390_LOG_DEVICE_CSSID(word_)); }

uint8_t DeviceNumber::Ssid() const { return static_cast<uint8_t>(S390_LOG_DEVICE_SSID(word_)); }

uint16_t DeviceNumber::Devno() const { return static_cast<uint16_t>(S390_LOG_DEVICE_DEVNO(word_)); }

std::string DeviceNumber::ToString() const {
  return fmt::format("{:x}.{:x}.{:04x}", Cssid(), Ssid(), Devno());
}

}  // namespace s390log
