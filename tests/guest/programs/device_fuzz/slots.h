// SPDX-License-Identifier: MIT
// Descriptors of one device, shared by all threads: any of them may be closed or replaced while
// another thread's call is on it.
#ifndef TESTS_GUEST_PROGRAMS_DEVICE_FUZZ_SLOTS_H_
#define TESTS_GUEST_PROGRAMS_DEVICE_FUZZ_SLOTS_H_

#include <unistd.h>

#include <array>
#include <atomic>

#include "tests/guest/programs/device_fuzz/draw.h"

namespace s390log::test {

class Slots {
 public:
  static constexpr uint32_t kCount = 12;

  Slots() {
    for (auto& fd : fds_) fd = -1;
  }
  Slots(const Slots&) = delete;
  Slots& operator=(const Slots&) = delete;

  int Any(Draw& draw) const { return fds_[draw.Below(kCount)]; }

  // Into any slot; what was there is closed. -1 empties it.
  void Put(Draw& draw, int fd) { Close(fds_[draw.Below(kCount)].exchange(fd)); }

  void CloseAll() {
    for (auto& fd : fds_) Close(fd.exchange(-1));
  }

 private:
  static void Close(int fd) {
    if (fd >= 0) ::close(fd);
  }

  std::array<std::atomic<int>, kCount> fds_;
};

}  // namespace s390log::test

#endif  // TESTS_GUEST_PROGRAMS_DEVICE_FUZZ_SLOTS_H_
