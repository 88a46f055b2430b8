// SPDX-License-Identifier: MIT
// Kevents as the collector needs them. KeventQueue implements it; tests have a fake.
#pragma once

#include <cstddef>
#include <cstdint>

#include "s390log/matcher.h"

namespace s390log {

// Of the whole queue, since it was made.
struct NoticeCounts {
  uint64_t delivered = 0;
  uint64_t coalesced = 0;
};

class NoticeQueue {
 public:
  virtual ~NoticeQueue() = default;

  // Moves every kevent that is ready now into the matcher, as long as that has room; does not wait.
  // Returns how many.
  virtual size_t Drain(Matcher& matcher) = 0;

  // Readable when something is ready.
  virtual int Fd() const = 0;

  virtual NoticeCounts Counts() const = 0;
};

}  // namespace s390log
