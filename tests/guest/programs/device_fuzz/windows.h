// SPDX-License-Identifier: MIT
// Places in the address space for what is mapped of the devices, shared by all threads.
//
// They are reserved once and only ever replaced (MAP_FIXED), so that a thread that unmaps what
// another has mapped there never hits the program's own memory.
#ifndef TESTS_GUEST_PROGRAMS_DEVICE_FUZZ_WINDOWS_H_
#define TESTS_GUEST_PROGRAMS_DEVICE_FUZZ_WINDOWS_H_

#include <sys/mman.h>

#include <cerrno>
#include <cstddef>
#include <system_error>

#include "tests/guest/programs/device_fuzz/draw.h"

namespace s390log::test {

class Windows {
 public:
  static constexpr uint32_t kCount = 12;
  static constexpr size_t kSize = size_t{8} << 20;

  Windows() : base_(Reserve(nullptr, kCount * kSize, 0)) {
    if (base_ == MAP_FAILED) throw std::system_error(errno, std::system_category(), "reserve");
  }
  Windows(const Windows&) = delete;
  Windows& operator=(const Windows&) = delete;
  ~Windows() { ::munmap(base_, kCount * kSize); }

  std::byte* Any(Draw& draw) const {
    return static_cast<std::byte*>(base_) + draw.Below(kCount) * kSize;
  }

  // Takes away what is mapped at [at, at + size), which lies in a window.
  static void Clear(void* at, size_t size) { Reserve(at, size, MAP_FIXED); }
  void ClearAll() { Clear(base_, kCount * kSize); }

 private:
  static void* Reserve(void* at, size_t size, int flags) {
    return ::mmap(at, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | flags, -1, 0);
  }

  void* base_;
};

}  // namespace s390log::test

#endif  // TESTS_GUEST_PROGRAMS_DEVICE_FUZZ_WINDOWS_H_
