// SPDX-License-Identifier: MIT
//
// What s390_log_emit() costs in this guest, beside what it is compared with, and whether the goals
// are met. emit_bench [ROUNDS]
//
// The module s390_log_bench makes the calls and times them. Here the works take turns, and what is
// printed are medians of the rounds. Everything that is emitted must get into the buffers: a record
// that is dropped costs less, and a run that dropped one ends the program.
//
// Without a subscriber nobody asks for kevents and nobody reads; between two works the buffers are
// given back. Then /usr/lib/s390-log/start starts logd, on another CPU than the emitter's, and
// bursts are emitted while it reads and writes them out; the next burst waits until logd's books
// say that it has taken everything.
//
// In the lab somebody follows /dev/kmsg, as a syslog daemon would: printk has to wake him.
#include <fcntl.h>
#include <fmt/core.h>
#include <linux/s390_log.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "logd/control_client.h"
#include "s390log/device_channel.h"
#include "s390log/position_area.h"
#include "s390log/unique_fd.h"

namespace s390log {
namespace {

constexpr int kDefaultRounds = 101;
constexpr std::array kSizes = {16u, 64u, 256u, 1024u};
constexpr unsigned kLongest = 960;  // line of printk and trace_printk: see the module
constexpr int kEmitterCpu = 0;
constexpr int kLogdCpu = 1;
constexpr useconds_t kPauseUs = 10'000;  // between two looks at logd's books
constexpr int kMaxPauses = 1000;

const std::string kDevice = "/dev/s390_log";
const std::string kParameters = "/sys/module/s390_log_bench/parameters/";
const std::string kTracing = "/sys/kernel/tracing/";
const std::string kConsoleLevel = "/proc/sys/kernel/printk";
const std::string kSocket = "/run/s390-log/logd.sock";

struct Work {
  std::string name;   // in the module
  std::string label;  // in the table
  unsigned calls;     // in one run; for emit they fit into the buffers
  int every;          // it runs in each round, each second, ...
  bool traced;        // it must show in ftrace's buffer
};

const Work kNothing = {"nothing", "", 100, 1, false};
const Work kClock = {"clock", "ktime_get_real_ns", 100, 1, false};
const Work kAtomic = {"atomic", "atomic64_inc_return", 100, 1, false};
const Work kRelayWrite = {"relay_write", "relay_write of the record", 100, 1, false};
const Work kEmit = {"emit", "emit, no subscriber", 100, 1, false};
const Work kEmitWithLogd = {"emit", "emit, logd draining", 800, 1, false};
const Work kTracePrintk = {"trace_printk", "trace_printk", 100, 5, true};
const Work kTracepoint = {"tracepoint", "tracepoint, recorded by ftrace", 100, 5, true};
const Work kPrintk = {"printk", "printk(KERN_DEBUG), console off", 100, 5, false};
const Work kUevent = {"uevent", "kobject_uevent_env, no listener", 100, 5, false};

const std::vector<Work> kWithoutSubscriber = {
    kNothing, kClock, kAtomic, kRelayWrite, kEmit, kTracePrintk, kTracepoint, kPrintk, kUevent};
const std::vector<Work> kWithLogd = {kNothing, kClock, kAtomic, kRelayWrite, kEmitWithLogd};

void Write(const std::string& path, const std::string& text) {
  const UniqueFd fd(::open(path.c_str(), O_WRONLY));
  if (!fd || ::write(fd.Get(), text.data(), text.size()) < 0) {
    throw std::system_error(errno, std::system_category(), "cannot write " + text + " to " + path);
  }
}

std::string Read(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  if (!std::getline(in, line)) throw std::runtime_error("cannot read " + path);
  return line;
}

void PinTo(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (::sched_setaffinity(0, sizeof(set), &set) != 0) {
    throw std::system_error(errno, std::system_category(),
                            fmt::format("cannot run on CPU {}", cpu));
  }
}

// Records dropped since the module was loaded. Only looks: logd can be the consumer.
class Losses {
 public:
  Losses() : channel_(kDevice, DeviceChannel::Role::kObserver), area_(channel_.Positions()) {}

  uint64_t Count() const {
    uint64_t lost = 0;
    for (uint32_t cpu = 0; cpu < area_.CpuCount(); ++cpu) lost += area_.Counters(cpu).lost;
    return lost;
  }

 private:
  DeviceChannel channel_;
  PositionArea area_;
};

// The consumer while there is no logd. It gives back what nobody has read.
class Emptier {
 public:
  Emptier() : channel_(kDevice), area_(channel_.Positions()) {}

  // All but the sub-buffer that is being written.
  void Empty() {
    const uint64_t position = area_.Counters(kEmitterCpu).position;
    if (position == 0) return;
    channel_.GiveBack(kEmitterCpu, (position - 1) / channel_.GetGeometry().subbuf_size);
  }

 private:
  DeviceChannel channel_;
  PositionArea area_;
};

// Events that ftrace has ever written on the emitter's CPU.
uint64_t Traced() {
  std::ifstream in(fmt::format("{}per_cpu/cpu{}/stats", kTracing, kEmitterCpu));
  uint64_t traced = 0;
  std::string line;
  while (std::getline(in, line)) {
    if (line.starts_with("entries: ") || line.starts_with("overrun: ")) {
      traced += std::stoull(line.substr(line.find(' ')));
    }
  }
  return traced;
}

// The console is silent as long as this lives.
class SilentConsole {
 public:
  SilentConsole() : before_(Read(kConsoleLevel)) { Write(kConsoleLevel, "1"); }
  SilentConsole(const SilentConsole&) = delete;
  SilentConsole& operator=(const SilentConsole&) = delete;
  ~SilentConsole() { std::ofstream(kConsoleLevel) << before_; }

 private:
  std::string before_;
};

// Nanoseconds of one call in one round.
double Run(const Work& work, unsigned size, const Losses& losses) {
  Write(kParameters + "length", std::to_string(size));
  Write(kParameters + "calls", std::to_string(work.calls));
  const uint64_t lost = losses.Count();
  const uint64_t traced = work.traced ? Traced() : 0;
  Write(kParameters + "run", work.name);
  if (losses.Count() != lost) throw std::runtime_error(work.label + ": records were dropped");
  if (work.traced && Traced() < traced + work.calls) {
    throw std::runtime_error(work.label + ": ftrace did not record the events");
  }
  return std::stod(Read(kParameters + "ns")) / work.calls;
}

// What the works took in one round with payloads of one size, one right after the other: on a
// machine that others slow down from time to time, only these can be compared.
class Sample {
 public:
  void Add(const Work& work, double ns) { ns_[work.label] = ns; }
  bool Has(const Work& work) const { return ns_.contains(work.label); }

  // Of one call, without what the empty loop takes.
  double Ns(const Work& work) const { return ns_.at(work.label) - ns_.at(kNothing.label); }

  // What no emit can do without.
  double Unavoidable() const { return Ns(kRelayWrite) + Ns(kClock) + Ns(kAtomic); }

 private:
  std::map<std::string, double> ns_;
};

using Samples = std::map<unsigned, std::vector<Sample>>;  // by the size

// Of those samples that have the work.
template <typename Function>
double Median(const std::vector<Sample>& samples, const Work& work, Function&& of) {
  std::vector<double> values;
  for (const Sample& sample : samples) {
    if (sample.Has(work)) values.push_back(of(sample));
  }
  std::sort(values.begin(), values.end());
  return values.at(values.size() / 2);
}

Samples MeasureWithoutSubscriber(int rounds, const Losses& losses) {
  const SilentConsole silent;
  Emptier emptier;
  Samples samples;
  Write(kTracing + "events/s390_log_bench/enable", "1");
  for (int round = 0; round < rounds; ++round) {
    for (unsigned size : kSizes) {
      Sample& sample = samples[size].emplace_back();
      for (const Work& work : kWithoutSubscriber) {
        if (round % work.every != 0) continue;
        sample.Add(work, Run(work, size, losses));
        emptier.Empty();
      }
    }
  }
  Write(kTracing + "events/s390_log_bench/enable", "0");
  return samples;
}

void WaitUntilLogdHasAll() {
  for (int pauses = 0; pauses < kMaxPauses; ++pauses) {
    ::usleep(kPauseUs);
    const auto reply = AskLogd(kSocket, "stats");
    if (!reply) throw std::runtime_error("logd does not answer");
    if (nlohmann::json::parse(*reply).at("buffered").get<uint64_t>() == 0) return;
  }
  throw std::runtime_error("logd does not get to the end of what was emitted");
}

Samples MeasureWithLogd(int rounds, const Losses& losses) {
  PinTo(kLogdCpu);  // logd inherits it
  if (std::system("/usr/lib/s390-log/start") != 0) throw std::runtime_error("logd does not start");
  PinTo(kEmitterCpu);
  Samples samples;
  for (int round = 0; round < rounds; ++round) {
    for (unsigned size : kSizes) {
      WaitUntilLogdHasAll();
      Sample& sample = samples[size].emplace_back();
      for (const Work& work : kWithLogd) sample.Add(work, Run(work, size, losses));
    }
  }
  WaitUntilLogdHasAll();
  return samples;
}

void PrintRow(const std::string& label, const std::vector<std::string>& cells) {
  fmt::print("{:<44}", label);
  for (const std::string& cell : cells) fmt::print(" {:>12}", cell);
  fmt::print("\n");
}

template <typename Function>
std::vector<std::string> ForEachSize(Function&& cell) {
  std::vector<std::string> cells;
  for (unsigned size : kSizes) cells.push_back(cell(size));
  return cells;
}

void PrintCosts(const Samples& samples, const Work& work) {
  PrintRow(work.label, ForEachSize([&](unsigned size) {
             const auto ns = [&](const Sample& sample) { return sample.Ns(work); };
             return fmt::format("{:.0f}", Median(samples.at(size), work, ns));
           }));
}

enum class Goal { kAtMost, kAtLeast };

// `ratio` is that of one sample that has `work`.
template <typename Function>
void PrintGoal(const std::string& what, Goal kind, double goal, const Samples& samples,
               const Work& work, Function&& ratio) {
  PrintRow(fmt::format("{}, goal {}:", what, goal), ForEachSize([&](unsigned size) {
             const double is = Median(samples.at(size), work, ratio);
             const bool met = kind == Goal::kAtMost ? is <= goal : is >= goal;
             return fmt::format("{:.2f} {}", is, met ? "ok" : "missed");
           }));
}

void PrintAtMost(const std::string& what, double goal, const Samples& samples, const Work& emit) {
  PrintGoal(what + " / unavoidable", Goal::kAtMost, goal, samples, emit,
            [&](const Sample& sample) { return sample.Ns(emit) / sample.Unavoidable(); });
}

void PrintAtLeast(const std::string& what, double goal, const Samples& samples, const Work& work) {
  PrintGoal(what + " / emit", Goal::kAtLeast, goal, samples, work,
            [&](const Sample& sample) { return sample.Ns(work) / sample.Ns(kEmit); });
}

void Print(const Samples& alone, const Samples& with_logd) {
  PrintRow("payload", ForEachSize([](unsigned size) { return fmt::format("{} bytes", size); }));
  PrintCosts(alone, kEmit);
  PrintCosts(with_logd, kEmitWithLogd);
  for (const Work* work :
       {&kRelayWrite, &kClock, &kAtomic, &kTracePrintk, &kTracepoint, &kPrintk, &kUevent}) {
    PrintCosts(alone, *work);
  }
  fmt::print("\n");
  PrintAtMost("emit, no subscriber", 1.25, alone, kEmit);
  PrintAtMost("emit, logd draining", 2.5, with_logd, kEmitWithLogd);
  PrintAtLeast("ftrace", 1, alone, kTracepoint);
  PrintAtLeast("printk", 12, alone, kPrintk);
  PrintAtLeast("uevent", 15, alone, kUevent);
  fmt::print(
      "\nThe record is a header of {} bytes and the payload; unavoidable are relay_write of it, "
      "ktime_get_real_ns\nand atomic64_inc_return. printk and trace_printk take {} bytes of "
      "1024.\n",
      sizeof(s390_log_record), kLongest);
}

}  // namespace

int Main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : kDefaultRounds;
  if (rounds < 1) throw std::runtime_error("usage: emit_bench [ROUNDS]");
  PinTo(kEmitterCpu);
  const Losses losses;
  fmt::print("medians of {} rounds, costs in ns\n\n", rounds);
  const Samples alone = MeasureWithoutSubscriber(rounds, losses);
  Print(alone, MeasureWithLogd(rounds, losses));
  return 0;
}

}  // namespace s390log

int main(int argc, char** argv) {
  try {
    return s390log::Main(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "emit_bench: {}\n", error.what());
    return 1;
  }
}
