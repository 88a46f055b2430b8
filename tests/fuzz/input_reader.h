// SPDX-License-Identifier: MIT
// Takes values from the front of an input; at its end, zeroes. The same on every machine.
#pragma once

#include <algorithm>
#include <string>

#include "tests/fuzz/target.h"

namespace s390log {

class InputReader {
 public:
  explicit InputReader(FuzzInput input) : left_(input) {}

  bool Empty() const { return left_.empty(); }

  // Little-endian.
  template <typename Number>
  Number Take() {
    uint64_t number = 0;
    for (size_t i = 0; i < sizeof(Number); ++i) {
      const FuzzInput byte = Bytes(1);
      if (!byte.empty()) number |= static_cast<uint64_t>(byte[0]) << (8 * i);
    }
    return static_cast<Number>(number);
  }

  // At most so many.
  FuzzInput Bytes(size_t size) {
    const FuzzInput bytes = left_.first(std::min(size, left_.size()));
    left_ = left_.subspan(bytes.size());
    return bytes;
  }

  std::string Text(size_t size) {
    const FuzzInput bytes = Bytes(size);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  FuzzInput Rest() { return Bytes(left_.size()); }

 private:
  FuzzInput left_;
};

inline std::string TextOfInput(FuzzInput input) { return InputReader(input).Text(input.size()); }

}  // namespace s390log
