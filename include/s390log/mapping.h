// SPDX-License-Identifier: MIT
// A read-only, shared mapping of a device, with one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace s390log {

class Mapping {
 public:
  // Nothing if the kernel has nothing there yet (ENXIO). Throws std::system_error, with `what`, for
  // any other failure.
  static std::optional<Mapping> Map(int fd, uint64_t offset, size_t length, const char* what);

  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;
  ~Mapping();

  std::span<const std::byte> Bytes() const { return bytes_; }

 private:
  explicit Mapping(std::span<const std::byte> bytes) : bytes_(bytes) {}

  std::span<const std::byte> bytes_;
};

}  // namespace s390log
