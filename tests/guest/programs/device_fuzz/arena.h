// SPDX-License-Identifier: MIT
// Memory for the arguments of one thread's calls: good memory, and all kinds of bad.
#ifndef TESTS_GUEST_PROGRAMS_DEVICE_FUZZ_ARENA_H_
#define TESTS_GUEST_PROGRAMS_DEVICE_FUZZ_ARENA_H_

#include <cstddef>

#include "tests/guest/programs/device_fuzz/draw.h"
#include "tests/guest/programs/device_fuzz/windows.h"

namespace s390log::test {

class Arena {
 public:
  static constexpr size_t kPart = size_t{64} << 10;

  // `shared` is kPart bytes that all threads write at will, while the kernel reads them, too.
  Arena(std::byte* shared, const Windows& windows);
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena();

  // An address for an argument of `size` bytes that begins as `from`, as far as it can be written.
  // Mostly good; else read-only, gone from some byte on, mapped from a device, or anywhere.
  void* Place(Draw& draw, const void* from, size_t size);

  // Good memory, always.
  void* Good(size_t offset) { return base_ + offset; }

 private:
  void* AtEdge(Draw& draw, const void* from, size_t size);

  std::byte* base_;  // one part read-write, one read-only, one of nothing, one read-write, one of
                     // nothing
  std::byte* shared_;
  const Windows& windows_;
};

}  // namespace s390log::test

#endif  // TESTS_GUEST_PROGRAMS_DEVICE_FUZZ_ARENA_H_
