// SPDX-License-Identifier: MIT
// Kevents as the collector needs them. KeventQueue implements it; tests have a fake.
#pragma once

#include <cstddef>

#include "s390log/matcher.h"

namespace s390log {

class NoticeQueue {
 public:
  virtual ~NoticeQueue() = default;

  // Moves every kevent that is ready now into the matcher, as long as that has room; does not wait.
  // Returns how many.
  virtual size_t Drain(Matcher& matcher) = 0;
};

}  // namespace s390log
