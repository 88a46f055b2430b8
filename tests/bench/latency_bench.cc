// SPDX-License-Identifier: MIT
//
// latency_bench LAB: how long it takes from Hercules's mount command to the line at rsyslogd, on
// this machine's clock both times. The lab is up, with its services, and traces its drives.
//
// The time has two parts. First the tape driver asks the drive until its sense says something: the
// settling, which ends where the trace of the channel shows that sense. What is beyond that is
// ours: tape_log, s390_log, logd, and the emulated network.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <future>
#include <iostream>
#include <vector>

#include "hercules/fixture/ccw_trace.h"
#include "hercules/src/deadline.h"
#include "hercules/src/error.h"
#include "hercules/src/lab.h"

namespace lab {
namespace {

constexpr int kMounts = 100;
constexpr char kDrives[][5] = {"0580", "0581"};  // a 3490 and a 3480
constexpr char kVolume[] = "BENCH1";
constexpr seconds kLimit(10);
constexpr useconds_t kPollUs = 100;
constexpr useconds_t kBetweenUs = 100'000;  // nothing of the last command lingers

using Milliseconds = std::chrono::duration<double, std::milli>;

struct Sample {
  Milliseconds total;    // to the line at rsyslogd
  Milliseconds settled;  // to the sense that says something
};

class Bench {
 public:
  explicit Bench(Lab& lab) : lab_(lab), trace_(lab.layout().ConsoleLog()), feed_(lab.Events()) {
    feed_.SkipToEnd();
  }

  Sample Mount(const std::string& drive) {
    return Measure(drive, fmt::format("devinit {} ../tapes/{}.aws", drive, kVolume), "TAP001I",
                   [](const TraceEntry& sense) { return sense.SaysLoaded(); });
  }

  Sample Unmount(const std::string& drive) {
    return Measure(drive, fmt::format("devinit {} *", drive), "TAP002I",
                   [](const TraceEntry& sense) { return sense.SaysEmpty(); });
  }

 private:
  Sample Measure(const std::string& drive, const std::string& command, const std::string& message,
                 bool (*says)(const TraceEntry&)) {
    usleep(kBetweenUs);
    const Deadline deadline(kLimit);
    const Clock::time_point start = Clock::now();
    // The reply comes when Hercules is done, and the line may be there before.
    std::future<void> acknowledged = std::async(std::launch::async, [&] { lab_.Panel(command); });
    Sample sample{};
    while (sample.total == Milliseconds::zero() || sample.settled == Milliseconds::zero()) {
      for (const TraceEntry& entry : trace_.Read()) {
        if (entry.kind == TraceEntry::Kind::kSense && entry.drive == drive && says(entry))
          sample.settled = Clock::now() - start;
      }
      for (const Event& event : feed_.Read()) {
        if (event.message_id == message && event.device == "0.0." + drive)
          sample.total = Clock::now() - start;
      }
      if (deadline.Passed()) throw LabError(ExitCode::kTimeout, "nothing came of " + command);
      usleep(kPollUs);
    }
    acknowledged.get();
    return sample;
  }

  Lab& lab_;
  CcwTrace trace_;
  EventFeed feed_;
};

void Print(const std::string& what, std::vector<Milliseconds> times) {
  std::sort(times.begin(), times.end());
  fmt::print("{:<46} {:>8.1f} {:>8.1f} {:>8.1f}\n", what, times[times.size() / 2].count(),
             times[times.size() * 9 / 10].count(), times.back().count());
}

void Report(const std::string& what, const std::vector<Sample>& samples) {
  std::vector<Milliseconds> total;
  std::vector<Milliseconds> settled;
  std::vector<Milliseconds> beyond;
  for (const Sample& sample : samples) {
    total.push_back(sample.total);
    settled.push_back(sample.settled);
    beyond.push_back(sample.total - sample.settled);
  }
  Print(fmt::format("{}, command to line at rsyslogd", what), total);
  Print("  until the drive has settled", settled);
  Print("  beyond that", beyond);
}

void Run(const std::string& name) {
  Lab lab = Lab::Find(name);
  // The volume is made on demand, and not while the clock runs.
  lab.Mount(kDrives[0], kVolume);
  lab.Unmount(kDrives[0]);
  usleep(kBetweenUs);
  Bench bench(lab);
  std::vector<Sample> mounts;
  std::vector<Sample> unmounts;
  for (int i = 0; i < kMounts; ++i) {
    const std::string drive = kDrives[i % 2];
    mounts.push_back(bench.Mount(drive));
    unmounts.push_back(bench.Unmount(drive));
  }
  fmt::print("{:<46} {:>8} {:>8} {:>8}\n", fmt::format("{} of each, on two drives; ms", kMounts),
             "median", "90 %", "worst");
  Report("mount", mounts);
  Report("unmount", unmounts);
}

}  // namespace
}  // namespace lab

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: latency_bench LAB" << std::endl;
    return EXIT_FAILURE;
  }
  try {
    lab::Run(argv[1]);
  } catch (const std::exception& error) {
    std::cerr << "latency_bench: " << error.what() << std::endl;
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
