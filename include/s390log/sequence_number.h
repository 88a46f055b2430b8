// SPDX-License-Identifier: MIT
// The number of an event: 1, 2, 3, ... within one boot id; 0 is "none yet".
#pragma once

#include <compare>
#include <cstdint>

namespace s390log {

class SequenceNumber {
 public:
  constexpr SequenceNumber() = default;
  explicit constexpr SequenceNumber(uint64_t value) : value_(value) {}

  constexpr uint64_t Value() const { return value_; }
  constexpr SequenceNumber Next() const { return SequenceNumber(value_ + 1); }
  constexpr SequenceNumber Previous() const { return SequenceNumber(value_ - 1); }

  friend constexpr auto operator<=>(SequenceNumber, SequenceNumber) = default;

 private:
  uint64_t value_ = 0;
};

// How many numbers lie in [first, last]; the caller knows that first <= last.
constexpr uint64_t CountOf(SequenceNumber first, SequenceNumber last) {
  return last.Value() - first.Value() + 1;
}

}  // namespace s390log
