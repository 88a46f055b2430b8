// SPDX-License-Identifier: MIT
// How many times took how long.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace s390log {

// Not thread-safe. About ten nanoseconds for each Observe().
class Histogram {
 public:
  // Upper bounds of the buckets, in seconds: from what an interrupt needs to a server that was down
  // for an hour. One bucket more has what is beyond.
  static constexpr std::array kBounds = {0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                         0.025,  0.05,   0.1,   0.25,   0.5,   1.0,
                                         2.5,    5.0,    10.0,  60.0,   600.,  3600.};

  void Observe(double seconds);

  uint64_t Count() const { return count_; }
  double Sum() const { return sum_; }
  // So many were above the bound before, and not above kBounds[index]. `index` may be one more.
  uint64_t Bucket(size_t index) const { return buckets_.at(index); }

 private:
  std::array<uint64_t, kBounds.size() + 1> buckets_{};
  uint64_t count_ = 0;
  double sum_ = 0;
};

}  // namespace s390log
