// SPDX-License-Identifier: MIT
//
// memory_bench LOGD [EVENTS]: what LOGD, which is logd_on_host, holds in memory of its own while
// 10 million mounts pass through it, into the store, a file of JSON lines, and to a syslog server:
// flat, or does it grow?
#include <fmt/core.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "logd/control_client.h"
#include "tests/bench/life/discarding_server.h"
#include "tests/bench/life/watched_logd.h"
#include "tests/host/temp_dir.h"

namespace s390log {
namespace {

constexpr uint64_t kDefaultEvents = 10'000'000;
constexpr uint64_t kBoundKb = 16 * 1024;
constexpr double kMaxGrowth = 1.10;
constexpr useconds_t kLookUs = 20'000;
constexpr std::chrono::seconds kLimit{60};  // without any progress

// So small that retention and rotation are at work from the first million on.
std::string Config(const TempDir& folder, uint16_t port) {
  return fmt::format(
      "[store]\npath = \"{0}\"\nmax_megabytes = 64\n"
      "[json]\npath = \"{1}\"\nmax_megabytes = 32\nkeep = 1\n"
      "[syslog]\ntransport = \"tcp\"\nserver = \"127.0.0.1\"\nport = {2}\n"
      "[control]\npath = \"{3}\"\n",
      folder.File("events.db"), folder.File("events.json"), port, folder.File("control"));
}

struct Sample {
  uint64_t events;
  uint64_t anonymous_kb;
  uint64_t resident_kb;
};

// Events that all sinks have.
uint64_t TakenByAll(const std::string& control) {
  const auto answer = AskLogd(control, "stats", kLimit);
  if (!answer) throw std::runtime_error("logd does not answer any more");
  const auto stats = nlohmann::json::parse(*answer);
  uint64_t undelivered = 0;
  for (const auto& sink : stats.at("sinks")) {
    undelivered = std::max(undelivered, sink.at("undelivered").get<uint64_t>());
  }
  const auto delivered = stats.at("delivered").get<uint64_t>();
  return delivered - std::min(delivered, undelivered);
}

std::vector<Sample> Watch(const WatchedLogd& logd, const std::string& control, uint64_t events) {
  const std::vector<uint64_t> marks = {events / 10, events / 5, events / 2, events};
  std::vector<Sample> samples;
  uint64_t last = 0;
  auto deadline = std::chrono::steady_clock::now() + kLimit;
  while (samples.size() < marks.size()) {
    const uint64_t taken = TakenByAll(control);
    if (taken != last) deadline = std::chrono::steady_clock::now() + kLimit;
    last = taken;
    if (taken >= marks[samples.size()]) {
      samples.push_back({taken, logd.Memory("RssAnon"), logd.Memory("VmRSS")});
      fmt::print(stderr, "  BENCH     memory: {} of {} events\n", taken, events);
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      throw std::runtime_error(
          fmt::format("waited 60 s, and all sinks have {} of {}", taken, events));
    }
    ::usleep(kLookUs);
  }
  return samples;
}

int Print(const std::vector<Sample>& samples, uint64_t fresh_kb, double seconds) {
  fmt::print("logd with store, JSON lines and syslog over TCP; KiB, 1024 of them the channel\n");
  fmt::print("{:>12} {:>16} {:>12}\n", "events", "own (anonymous)", "resident");
  fmt::print("{:>12} {:>16}\n", 0, fresh_kb);
  for (const Sample& sample : samples) {
    fmt::print("{:>12} {:>16} {:>12}\n", sample.events, sample.anonymous_kb, sample.resident_kb);
  }
  const double growth = static_cast<double>(samples.back().anonymous_kb) /
                        static_cast<double>(samples[0].anonymous_kb);
  const bool flat = growth < kMaxGrowth;
  const bool bounded = samples.back().anonymous_kb < kBoundKb;
  fmt::print("{:.0f} events a second; {:+.1f} % from the first to the last: {}; {} 16 MiB\n",
             static_cast<double>(samples.back().events) / seconds, (growth - 1) * 100,
             flat ? "flat" : "GROWS", bounded ? "within" : "BEYOND");
  return flat && bounded ? EXIT_SUCCESS : EXIT_FAILURE;
}

int Run(const std::string& program, uint64_t events) {
  const TempDir folder;
  const DiscardingServer server;
  std::ofstream(folder.File("config")) << Config(folder, server.Port());
  ::setenv("BENCH_EVENTS", std::to_string(events).c_str(), 1);
  WatchedLogd logd(program, folder.File("config"), folder.File(""));
  logd.Start();
  const uint64_t fresh_kb = logd.Memory("RssAnon");
  const auto start = std::chrono::steady_clock::now();
  const auto samples = Watch(logd, folder.File("control"), events);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const std::string balance = logd.Stop();
  const int result = Print(samples, fresh_kb, took.count());
  fmt::print("{}\n", balance);
  const bool whole = balance == fmt::format("logd: emitted {0}, delivered {0}, lost 0", events);
  return whole ? result : EXIT_FAILURE;
}

}  // namespace
}  // namespace s390log

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    fmt::print(stderr, "usage: memory_bench LOGD [EVENTS]\n");
    return EXIT_FAILURE;
  }
  try {
    return s390log::Run(argv[1], argc > 2 ? std::stoull(argv[2]) : s390log::kDefaultEvents);
  } catch (const std::exception& error) {
    fmt::print(stderr, "memory_bench: {}\n", error.what());
    return EXIT_FAILURE;
  }
}
