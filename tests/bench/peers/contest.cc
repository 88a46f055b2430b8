// SPDX-License-Identifier: MIT
#include "tests/bench/peers/contest.h"

#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>

namespace s390log {
namespace {

int64_t NowNs() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

double SecondsOf(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double MedianOf(const std::vector<Run>& runs, double Run::*member) {
  std::vector<double> values;
  for (const Run& run : runs) values.push_back(run.*member);
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double RateOf(const Contest& contest, double seconds) {
  return static_cast<double>(contest.messages) / seconds;
}

void PrintOne(const Contest& contest, const std::string& name, const std::vector<Run>& runs,
              double first_rate) {
  const auto [best, worst] = std::minmax_element(
      runs.begin(), runs.end(), [](const Run& a, const Run& b) { return a.seconds < b.seconds; });
  const double rate = RateOf(contest, MedianOf(runs, &Run::seconds));
  const double each = 1e6 / static_cast<double>(contest.messages);
  fmt::print("{:<44} {:>9.0f} {:>9.0f} {:>9.0f} {:>7.2f} {:>9.2f} {:>9.2f}\n", name, rate,
             RateOf(contest, worst->seconds), RateOf(contest, best->seconds), rate / first_rate,
             MedianOf(runs, &Run::sender_cpu) * each, MedianOf(runs, &Run::receiver_cpu) * each);
}

}  // namespace

void Hold(const Contest& contest, int rounds) {
  std::vector<std::vector<Run>> runs(contest.contestants.size());
  for (int round = 0; round < rounds; ++round) {
    fmt::print(stderr, "  BENCH     {}: round {} of {}\n", contest.what, round + 1, rounds);
    for (size_t i = 0; i < runs.size(); ++i) runs[i].push_back(contest.contestants[i].run());
  }
  fmt::print("\n{}; {} messages, medians of {} rounds\n", contest.what, contest.messages, rounds);
  fmt::print("{:<44} {:>9} {:>9} {:>9} {:>7} {:>19}\n", "", "", "", "", "to the", "CPU us/message");
  fmt::print("{:<44} {:>9} {:>9} {:>9} {:>7} {:>9} {:>9}\n", "", "msgs/s", "worst", "best", "first",
             "sender", "receiver");
  const double first = RateOf(contest, MedianOf(runs[0], &Run::seconds));
  for (size_t i = 0; i < runs.size(); ++i) {
    PrintOne(contest, contest.contestants[i].name, runs[i], first);
  }
  if (contest.goal == 0) return;
  fmt::print("{} the goal of {:.0f} a second\n", first >= contest.goal ? "meets" : "MISSES",
             contest.goal);
}

double CpuMeter::Used() const {
  rusage used{};
  ::getrusage(whose_ == Whose::kOurs ? RUSAGE_SELF : RUSAGE_CHILDREN, &used);
  return SecondsOf(used.ru_utime) + SecondsOf(used.ru_stime);
}

Stopwatch::Stopwatch() : start_ns_(NowNs()) {}

double Stopwatch::Seconds() const { return static_cast<double>(NowNs() - start_ns_) / 1e9; }

}  // namespace s390log
