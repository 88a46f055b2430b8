// SPDX-License-Identifier: MIT
#include "tests/guest/programs/device_fuzz/arena.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace s390log::test {

namespace {

constexpr size_t kParts = 5;

}  // namespace

Arena::Arena(std::byte* shared, const Windows& windows) : shared_(shared), windows_(windows) {
  void* base =
      ::mmap(nullptr, kParts * kPart, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED) throw std::system_error(errno, std::system_category(), "no memory");
  base_ = static_cast<std::byte*>(base);
  if (::mprotect(base_ + kPart, kPart, PROT_READ) != 0 ||
      ::mprotect(base_ + 2 * kPart, kPart, PROT_NONE) != 0 ||
      ::mprotect(base_ + 4 * kPart, kPart, PROT_NONE) != 0) {
    throw std::system_error(errno, std::system_category(), "mprotect");
  }
}

Arena::~Arena() { ::munmap(base_, kParts * kPart); }

// Its first bytes can be written; then memory that is read-only or not there begins.
void* Arena::AtEdge(Draw& draw, const void* from, size_t size) {
  const size_t before = draw.Below(static_cast<uint32_t>(size) + 1);
  std::byte* at = base_ + (draw.OneIn(2) ? 1 : 4) * kPart - before;
  std::memcpy(at, from, before);
  return at;
}

void* Arena::Place(Draw& draw, const void* from, size_t size) {
  size = std::min(size, kPart - 64);
  const uint32_t kind = draw.Below(64);
  const uint64_t anywhere = draw.Edge();
  if (kind == 0) return AtEdge(draw, from, size);
  if (kind == 1) return base_ + kPart + draw.Below(64);
  if (kind == 2) return base_ + 2 * kPart - draw.Below(64);
  if (kind == 3) return windows_.Any(draw) + draw.Below(4096);
  if (kind == 4) return reinterpret_cast<void*>(anywhere);
  std::byte* at = (kind < 12 ? shared_ : base_) + (kind % 4 == 0 ? draw.Below(64) : 0);
  std::memcpy(at, from, size);
  return at;
}

}  // namespace s390log::test
