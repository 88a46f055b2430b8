// SPDX-License-Identifier: MIT
// Waits for several descriptors at once. One thread; callbacks may throw through RunUntil().
#pragma once

#include <functional>
#include <map>

#include "hercules/src/deadline.h"

namespace lab {

class Loop {
 public:
  // ready is called when fd can be read, or has ended.
  void Watch(int fd, std::function<void()> ready) { watched_[fd] = std::move(ready); }
  void Forget(int fd) { watched_.erase(fd); }

  // Returns whether done() held before the deadline. done() is asked after each callback, and at
  // least every 50 ms.
  bool RunUntil(const std::function<bool()>& done, const Deadline& deadline);

 private:
  void RunOnce(milliseconds limit);

  std::map<int, std::function<void()>> watched_;
};

}  // namespace lab
