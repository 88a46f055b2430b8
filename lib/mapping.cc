// SPDX-License-Identifier: MIT
#include "s390log/mapping.h"

#include <sys/mman.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace s390log {

std::optional<Mapping> Mapping::Map(int fd, uint64_t offset, size_t length, const char* what) {
  void* at = ::mmap(nullptr, length, PROT_READ, MAP_SHARED, fd, static_cast<off_t>(offset));
  if (at != MAP_FAILED) {
    return Mapping(std::span<const std::byte>(static_cast<const std::byte*>(at), length));
  }
  if (errno == ENXIO) return std::nullopt;
  throw std::system_error(errno, std::system_category(), what);
}

Mapping::Mapping(Mapping&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

Mapping::~Mapping() {
  if (bytes_.empty()) return;
  ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace s390log
