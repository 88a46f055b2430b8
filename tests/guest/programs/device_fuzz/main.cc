// SPDX-License-Identifier: MIT
//
// device_fuzz CALLS SEED SECONDS [THREADS]: so many calls, valid ones, odd ones and nonsense, to
// /dev/kevent and /dev/s390_log from several threads at once, some of them not root. What a thread
// calls is a function of SEED and its number (world.h); how the threads meet is the machine's. SEED
// 0 takes one from the clock, and prints it.
//
// It fails if a call returns what its ABI does not allow, if a thread is stuck, if the devices do
// not work afterwards, or if a module is used more often than before. What the kernel says of it is
// for the caller to look at. Needs the modules s390_log and s390_log_source, and nobody else who
// consumes.
#include <fmt/core.h>
#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

#include "tests/guest/programs/device_fuzz/crowd.h"
#include "tests/guest/programs/device_fuzz/sane_round.h"

namespace s390log::test {
namespace {

constexpr std::chrono::seconds kRelease{10};  // for what the last close() leaves to be done later

// Threads that are not root get at the devices, too.
class OpenToAll {
 public:
  OpenToAll() { SetMode(0666); }
  OpenToAll(const OpenToAll&) = delete;
  OpenToAll& operator=(const OpenToAll&) = delete;
  ~OpenToAll() { SetMode(0660); }

 private:
  static void SetMode(mode_t mode) {
    ::chmod(kQueueDevice, mode);
    ::chmod(kLogDevice, mode);
  }
};

struct Users {
  bool operator==(const Users&) const = default;

  long kevent = UsersOf("kevent");
  long s390_log = UsersOf("s390_log");
};

void CheckUsers(const Users& before) {
  const Clock::time_point limit = Clock::now() + kRelease;
  while (Users() != before && Clock::now() < limit)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const Users after;
  if (after == before) return;
  throw std::runtime_error(fmt::format(
      "waited {} s for the modules' users: kevent has {}, had {}; s390_log has {}, had {}",
      kRelease.count(), after.kevent, before.kevent, after.s390_log, before.s390_log));
}

void Fuzz(const Plan& plan) {
  const OpenToAll open;
  const Clock::time_point begin = Clock::now();
  Crowd crowd(plan);
  crowd.Run();
  const std::chrono::duration<double> took = Clock::now() - begin;
  const Tally tally = crowd.Sum();
  fmt::print("device_fuzz: {} calls by {} threads with seed {} in {:.1f} s\n{}", crowd.Calls(),
             plan.threads, plan.seed, took.count(), tally.Report());
  if (!tally.Fault().empty()) throw std::runtime_error(tally.Fault());
  if (crowd.Calls() < plan.calls / plan.threads * plan.threads)
    throw std::runtime_error("the time was over before all calls were made");
}

int Run(const Plan& plan) {
  // Wakes who waits; without SA_RESTART, so that the wait ends.
  struct sigaction action {};
  action.sa_handler = [](int) {};
  ::sigaction(SIGUSR1, &action, nullptr);

  const Users before;
  Fuzz(plan);
  std::ofstream("/sys/devices/system/cpu/cpu1/online") << 1;
  CheckThatDevicesWork();
  CheckUsers(before);
  fmt::print("device_fuzz: the devices work, and nobody uses the modules\n");
  return 0;
}

uint64_t SeedOf(uint64_t given) {
  if (given != 0) return given;
  return static_cast<uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
}

}  // namespace
}  // namespace s390log::test

int main(int argc, char** argv) {
  using namespace s390log::test;
  if (argc < 4 || argc > 5) {
    fmt::print(stderr, "usage: device_fuzz CALLS SEED SECONDS [THREADS]\n");
    return 2;
  }
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const uint64_t seed = SeedOf(std::stoull(argv[2]));
  try {
    fmt::print("device_fuzz: seed {}\n", seed);
    return Run({std::stoull(argv[1]), seed,
                Clock::now() + std::chrono::seconds(std::stoul(argv[3])),
                argc == 5 ? static_cast<uint32_t>(std::stoul(argv[4])) : 8});
  } catch (const std::exception& error) {
    fmt::print(stderr, "device_fuzz: seed {}: {}\n", seed, error.what());
    return 1;
  }
}
