// SPDX-License-Identifier: MIT
// The epoch of the sequence numbers: a UUID that s390_log.ko draws when it is loaded.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>

namespace s390log {

class BootId {
 public:
  static constexpr size_t kSize = 16;

  BootId() = default;
  explicit BootId(std::span<const std::byte, kSize> bytes);

  std::span<const std::byte, kSize> Bytes() const { return bytes_; }

  // The UUID's text: 8-4-4-4-12 lower-case hexadecimal digits.
  std::string ToString() const;

  friend bool operator==(const BootId&, const BootId&) = default;

 private:
  std::array<std::byte, kSize> bytes_{};
};

}  // namespace s390log
