// SPDX-License-Identifier: MIT
//
// start_bench LOGD [GOAL]: how long LOGD takes from its start to READY=1, which systemd waits for:
// the median of 20, with a store that has 100,000 events of an earlier boot, a file of JSON lines,
// and a syslog server that is not there.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <string>
#include <vector>

#include "logd/store.h"
#include "tests/bench/life/watched_logd.h"
#include "tests/host/temp_dir.h"
#include "tests/host/test_events.h"

namespace s390log {
namespace {

constexpr int kStarts = 20;
constexpr uint64_t kStored = 100'000;

void FillStore(const std::string& path) {
  std::array<std::byte, 16> earlier{};
  earlier.fill(std::byte{0x77});
  const BootId boot(earlier);
  Store store(path);
  Backlog backlog(kStored, boot.ToString(), 0, nullptr);
  for (uint64_t i = 1; i <= kStored; ++i) {
    Event event = TapeEvent(i);
    event.device_word = event.device->Word();
    event.raw.resize(sizeof(s390_log_tape));
    backlog.Append(std::move(event));
  }
  while (store.End() < backlog.End()) store.Commit(backlog, boot, {});
}

std::string Config(const TempDir& folder) {
  return fmt::format(
      "[store]\npath = \"{0}\"\n[json]\npath = \"{1}\"\n"
      "[syslog]\nserver = \"127.0.0.1\"\nport = 9\n[control]\npath = \"{2}\"\n",
      folder.File("events.db"), folder.File("events.json"), folder.File("control"));
}

// `goal_ms` 0: there is none, as in a guest.
void Run(const std::string& program, double goal_ms) {
  const TempDir folder;
  std::ofstream(folder.File("config")) << Config(folder);
  FillStore(folder.File("events.db"));
  WatchedLogd logd(program, folder.File("config"), folder.File(""));
  std::vector<double> times;
  for (int i = 0; i < kStarts; ++i) {
    times.push_back(std::chrono::duration<double, std::milli>(logd.Start()).count());
    logd.Stop();
  }
  std::sort(times.begin(), times.end());
  const double median = times[kStarts / 2];
  fmt::print("{} to READY=1: median {:.1f} ms, worst {:.1f} ms of {}\n", program, median,
             times.back(), kStarts);
  if (goal_ms == 0) return;
  fmt::print("{} the goal of {:.0f} ms\n", median < goal_ms ? "meets" : "MISSES", goal_ms);
}

}  // namespace
}  // namespace s390log

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    fmt::print(stderr, "usage: start_bench LOGD [GOAL-IN-MS]\n");
    return EXIT_FAILURE;
  }
  try {
    s390log::Run(argv[1], argc > 2 ? std::stod(argv[2]) : 0);
  } catch (const std::exception& error) {
    fmt::print(stderr, "start_bench: {}\n", error.what());
    return EXIT_FAILURE;
  }
}
