// SPDX-License-Identifier: MIT
//
// How many events a second the store and the sinks take on this machine, with one core.
//
// Texts of 64 bytes and mounts take turns. Each number is the median of five rounds, in events per
// second of processor time; the store's disk is a folder of /tmp, and waiting for it is not
// counted.
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "logd/json_sink.h"
#include "logd/store.h"
#include "logd/syslog_sink.h"
#include "tests/host/fake_channel.h"
#include "tests/host/fake_transport.h"
#include "tests/host/test_events.h"

namespace {

using namespace s390log;
using Work = std::function<void(Backlog&)>;

constexpr int kRounds = 5;
constexpr uint64_t kEvents = 200'000;
constexpr double kStoreGoal = 200e3;
constexpr double kJsonGoal = 1e6;
constexpr double kSyslogGoal = 300e3;

Event Make(uint64_t number) {
  if (number % 2 != 0) {
    Event event = TextEvent(number, std::string(64, 'x'));
    event.raw.resize(64, std::byte{'x'});
    return event;
  }
  Event event = TapeEvent(number);
  event.device_word = event.device->Word();
  event.raw.resize(sizeof(s390_log_tape));
  return event;
}

double CpuSeconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

// Events that are all new, in each round.
void Measure(const std::string& what, double goal, uint64_t begin, const Work& work) {
  std::vector<double> rates;
  uint64_t number = 0;
  Backlog backlog(kEvents, TestBootId().ToString(), begin, nullptr);
  for (int round = 0; round < kRounds; ++round) {
    for (uint64_t i = 0; i < kEvents; ++i) backlog.Append(Make(++number));
    const double start = CpuSeconds();
    work(backlog);
    rates.push_back(static_cast<double>(kEvents) / (CpuSeconds() - start));
    backlog.TrimTo(backlog.End());
  }
  std::sort(rates.begin(), rates.end());
  const double rate = rates[kRounds / 2];
  fmt::print("{:<58} {:>10.2f} million/s  ({} the goal of {:.1f})\n", what, rate / 1e6,
             rate >= goal ? "meets" : "MISSES", goal / 1e6);
}

}  // namespace

int main() {
  std::string folder = (std::filesystem::temp_directory_path() / "sink-bench-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return EXIT_FAILURE;
  Store store(folder + "/events.db");
  Measure("store, batches of 4096", kStoreGoal, store.End(), [&](Backlog& backlog) {
    while (store.End() < backlog.End()) store.Commit(backlog, TestBootId(), {});
  });
  JsonSink json(folder + "/events.json");
  Measure("JSON lines to a file", kJsonGoal, 0,
          [&](Backlog& backlog) { json.Follow(backlog, Clock::now()); });
  auto transport = std::make_unique<FakeTransport>();
  FakeTransport& taker = *transport;
  SyslogSink syslog(std::move(transport), {});
  Measure("syslog, messages and their frames, to nowhere", kSyslogGoal, 0, [&](Backlog& backlog) {
    while (syslog.Taken() < backlog.End()) {
      syslog.Follow(backlog, Clock::now());
      taker.TakeStream();
    }
  });
  std::filesystem::remove_all(folder);
}
