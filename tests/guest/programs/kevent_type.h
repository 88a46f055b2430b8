// SPDX-License-Identifier: MIT
//
// The type of requests that the module kevent_test_type serves, and the parameters by which it does
// what a test wants.
#ifndef TESTS_GUEST_PROGRAMS_KEVENT_TYPE_H_
#define TESTS_GUEST_PROGRAMS_KEVENT_TYPE_H_

#include <chrono>
#include <fstream>
#include <string>
#include <thread>

#include "tests/guest/programs/queue.h"

namespace s390log::test {

inline constexpr uint32_t kType = 20;
inline constexpr uint32_t kEvent = 1;
inline constexpr uint32_t kOther = 2;

inline void Set(const std::string& parameter, long value) {
  std::ofstream out("/sys/module/kevent_test_type/parameters/" + parameter);
  out << value << std::flush;
  ASSERT_TRUE(out.good()) << parameter << "=" << value;
}

inline long Get(const std::string& parameter) {
  std::ifstream in("/sys/module/kevent_test_type/parameters/" + parameter);
  long value = 0;
  EXPECT_TRUE(in >> value) << parameter;
  return value;
}

class KeventType : public testing::Test {
 protected:
  void TearDown() override {
    Set("delay_ms", 0);
    Set("confirm_ms", 0);
    Set("add_in_dequeue", 0);
    Set("add_result", 0);
    Set("late_calls", 0);
    Set("enqueue_result", 0);
    Set("callback_result", 1);
    Set("confirm_result", 1);
    Set("fire_event", 0);
  }

  // Until a callback is in its delay, of which there was none since "delays" was set to 0.
  static void AwaitDelay() {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (Get("delays") == 0 && std::chrono::steady_clock::now() < limit)
      std::this_thread::yield();
  }
};

// The errno that an entry came back with, or 0.
inline uint32_t ErrorOf(const ukevent& entry) {
  return entry.ret_flags & KEVENT_RET_BROKEN ? entry.ret_data[1] : 0;
}

}  // namespace s390log::test

#endif  // TESTS_GUEST_PROGRAMS_KEVENT_TYPE_H_
