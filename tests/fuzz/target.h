// SPDX-License-Identifier: MIT
// A target: FUZZ_TARGET(name)(FuzzInput input) { ... } in name_fuzz.cc. For libFuzzer (FUZZ_ENGINE)
// each is a program; the tests run all of them over the corpora, in one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <stdexcept>
#include <string>

namespace s390log {

using FuzzInput = std::span<const std::byte>;
using FuzzTarget = void (*)(FuzzInput input);

// A promise is broken. No target catches it.
class BrokenPromise : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

inline void Require(bool kept, const std::string& promise) {
  if (!kept) throw BrokenPromise("broken: " + promise);
}

// Those of the program, by name.
inline std::map<std::string, FuzzTarget>& FuzzTargets() {
  static std::map<std::string, FuzzTarget> targets;
  return targets;
}

}  // namespace s390log

#ifdef FUZZ_ENGINE
#define FUZZ_TARGET(name)                                                   \
  static void Fuzz_##name(s390log::FuzzInput input);                        \
  extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) { \
    Fuzz_##name({reinterpret_cast<const std::byte*>(data), size});          \
    return 0;                                                               \
  }                                                                         \
  static void Fuzz_##name
#else
#define FUZZ_TARGET(name)                                                                         \
  static void Fuzz_##name(s390log::FuzzInput input);                                              \
  static const bool name##_is_target = s390log::FuzzTargets().emplace(#name, Fuzz_##name).second; \
  static void Fuzz_##name
#endif
