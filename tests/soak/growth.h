// SPDX-License-Identifier: MIT
// Whether something that should stay as it is has grown: by the medians of the second and of the
// last quarter of what was measured. The first quarter is the time in which it settles.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lab {

class Growth {
 public:
  // With fewer measurements there is nothing to compare.
  static constexpr size_t kEnough = 8;

  // `most`: never more than that. `allowance`: so much more at the end is no growth.
  Growth(std::string name, uint64_t most, uint64_t allowance)
      : name_(std::move(name)), most_(most), allowance_(allowance) {}

  void Measure(uint64_t value) { values_.push_back(value); }

  // What is wrong with it, if anything.
  std::optional<std::string> Fault() const;
  // "name 12 to 15", and "name 13", the last
  std::string Line() const;
  std::string Last() const;

 private:
  uint64_t Median(size_t from, size_t to) const;

  std::string name_;
  uint64_t most_;
  uint64_t allowance_;
  std::vector<uint64_t> values_;
};

}  // namespace lab
