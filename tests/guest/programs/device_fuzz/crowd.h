// SPDX-License-Identifier: MIT
// The threads that call, and who watches that each call comes back.
#ifndef TESTS_GUEST_PROGRAMS_DEVICE_FUZZ_CROWD_H_
#define TESTS_GUEST_PROGRAMS_DEVICE_FUZZ_CROWD_H_

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "tests/guest/programs/device_fuzz/world.h"

namespace s390log::test {

using Clock = std::chrono::steady_clock;

struct Plan {
  uint64_t calls;
  uint64_t seed;
  Clock::time_point deadline;
  uint32_t threads;
};

class Crowd {
 public:
  explicit Crowd(const Plan& plan);
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  // Closes and unmaps all that the threads have left.
  ~Crowd();

  // All threads make their calls; one that does not come back gets a signal now and then, and
  // one that is stuck for good ends the program.
  void Run();

  Tally Sum() const;
  uint64_t Calls() const;

 private:
  struct Thread;

  static void* RunThread(void* argument);
  void Watch(Thread& thread, Clock::time_point now);

  const Plan plan_;
  std::vector<std::byte> shared_;
  World world_;
  pthread_barrier_t gate_;  // a thread that signals another must know it
  std::vector<std::unique_ptr<Thread>> threads_;
};

}  // namespace s390log::test

#endif  // TESTS_GUEST_PROGRAMS_DEVICE_FUZZ_CROWD_H_
