// SPDX-License-Identifier: MIT
// A point in time up to which something may take.
#pragma once

#include <algorithm>
#include <chrono>

namespace lab {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Deadline {
 public:
  explicit Deadline(milliseconds limit) : start_(Clock::now()), end_(start_ + limit) {}

  bool Passed() const { return Clock::now() >= end_; }
  milliseconds Left() const {
    return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(end_ - Clock::now()));
  }
  seconds Elapsed() const { return std::chrono::floor<seconds>(Clock::now() - start_); }
  seconds Limit() const { return std::chrono::floor<seconds>(end_ - start_); }

 private:
  Clock::time_point start_;
  Clock::time_point end_;
};

}  // namespace lab
