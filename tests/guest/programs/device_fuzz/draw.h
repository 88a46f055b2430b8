// SPDX-License-Identifier: MIT
// What a call is made of: numbers that depend on seed, thread and the call's number alone, so that
// neither what earlier calls returned nor other threads change them.
#ifndef TESTS_GUEST_PROGRAMS_DEVICE_FUZZ_DRAW_H_
#define TESTS_GUEST_PROGRAMS_DEVICE_FUZZ_DRAW_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace s390log::test {

class Draw {
 public:
  Draw(uint64_t seed, uint32_t thread, uint64_t call)
      : state_(Mix(Mix(seed) ^ (static_cast<uint64_t>(thread) << 48) ^ call)) {}

  uint64_t Next() { return Mix(state_ += 0x9e3779b97f4a7c15); }
  uint32_t Below(uint32_t limit) { return static_cast<uint32_t>((Next() >> 32) * limit >> 32); }
  bool OneIn(uint32_t n) { return Below(n) == 0; }

  template <typename T, size_t n>
  T Of(const T (&values)[n]) {
    return values[Below(n)];
  }

  // Numbers at which code errs: around powers of two, and both ends.
  uint64_t Edge() {
    const uint64_t power = uint64_t{1} << Below(64);
    return Of({uint64_t{0}, power, power - 1, power + 1, ~power, ~uint64_t{0}, Next()});
  }

 private:
  // splitmix64
  static uint64_t Mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  uint64_t state_;
};

}  // namespace s390log::test

#endif  // TESTS_GUEST_PROGRAMS_DEVICE_FUZZ_DRAW_H_
