// SPDX-License-Identifier: MIT
// When to try again what has failed: after 0.1 s, then twice as long each time, at most 5 s.
#pragma once

#include <algorithm>
#include <chrono>

namespace s390log {

class Backoff {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kFirst{100};
  static constexpr std::chrono::milliseconds kLongest{5000};

  Clock::time_point Failed(Clock::time_point now) {
    const Clock::time_point again = now + delay_;
    delay_ = std::min(2 * delay_, kLongest);
    return again;
  }

  void Succeeded() { delay_ = kFirst; }

 private:
  std::chrono::milliseconds delay_ = kFirst;
};

}  // namespace s390log
