// SPDX-License-Identifier: MIT
//
// flood EVENTS MODE SECONDS: two writers emit EVENTS events from two CPUs, while a reader is
// killed, suspended and started again at random; then every number must be delivered or named as
// lost. MODE is no-overwrite, overwrite, or switch (now one, now the other). After SECONDS it gives
// up. Needs the modules s390_log and s390_log_source, and nobody else who consumes.
#include <fcntl.h>
#include <fmt/core.h>
#include <linux/s390_log.h>
#include <sched.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "s390log/device_channel.h"
#include "s390log/position_area.h"
#include "tests/guest/programs/flood/books.h"
#include "tests/guest/programs/flood/reader.h"

extern char** environ;

namespace s390log::test {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr char kDevice[] = "/dev/s390_log";
constexpr char kFlood[] = "/sys/module/s390_log_source/parameters/flood";
constexpr char kBooks[] = "/tmp/flood.books";
constexpr uint64_t kBurst = 1000;
constexpr uint32_t kWriters = 2;

[[noreturn]] void Throw(const std::string& what) {
  throw std::system_error(errno, std::system_category(), what);
}

struct Plan {
  uint64_t events;
  std::string mode;
  Clock::time_point deadline;
};

// An observer: what has been emitted, taken and dropped.
class Watch {
 public:
  uint64_t Emitted() const { return area_.Sequence().Value(); }
  uint64_t Taken() const { return area_.Taken().Value(); }

  CpuCounters Sum() const {
    CpuCounters sum;
    for (uint32_t cpu = 0; cpu < area_.CpuCount(); ++cpu) {
      const CpuCounters counters = area_.Counters(cpu);
      sum.lost += counters.lost;
      sum.records += counters.records;
      sum.full += counters.full;
      sum.wrapped += counters.wrapped;
      sum.overwritten += counters.overwritten;
    }
    return sum;
  }

  bool HalfFull(uint32_t cpu) const {
    const CpuCounters counters = area_.Counters(cpu);
    return counters.begun > counters.consumed + channel_.GetGeometry().n_subbufs / 2;
  }

 private:
  DeviceChannel channel_{kDevice, DeviceChannel::Role::kObserver};
  PositionArea area_{channel_.Positions()};
};

void SetMode(const std::string& mode) {
  const UniqueFd fd(::open(kDevice, O_RDWR | O_CLOEXEC));
  const uint32_t value = mode == "overwrite" ? S390_LOG_OVERWRITE : S390_LOG_NO_OVERWRITE;
  if (!fd || ::ioctl(fd.Get(), S390_LOG_IOC_MODE, &value) < 0) Throw("cannot set the mode");
}

// In nine of ten bursts it lets the reader follow, or hardly anything would be delivered.
void Write(uint32_t cpu, const Plan& plan, const Watch& watch, std::atomic<uint32_t>& running) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (sched_setaffinity(0, sizeof(set), &set) != 0) Throw("cannot go to a CPU");
  const UniqueFd fd(::open(kFlood, O_WRONLY | O_CLOEXEC));
  std::mt19937 random(cpu);
  const uint64_t share = plan.events / kWriters;
  for (uint64_t done = 0; done < share && Clock::now() < plan.deadline; done += kBurst) {
    const uint64_t first = (static_cast<uint64_t>(cpu) + 1) << 32 | (done + 1);
    const std::string line =
        fmt::format("{} {} {}", std::min(kBurst, share - done), 1 + random() % 16, first);
    if (::write(fd.Get(), line.data(), line.size()) < 0) Throw(kFlood);
    const bool let_follow = random() % 10 != 0;
    const Clock::time_point enough = Clock::now() + milliseconds(1000);
    while (let_follow && watch.HalfFull(cpu) && Clock::now() < enough) sched_yield();
  }
  --running;
}

class Reader {
 public:
  explicit Reader(const std::string& mode) : mode_(mode) { Start(); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { Kill(); }

  void Restart() {
    Kill();
    Start();
  }
  void Suspend(milliseconds time) const {
    ::kill(pid_, SIGSTOP);
    std::this_thread::sleep_for(time);
    ::kill(pid_, SIGCONT);
  }

  // It ends by itself only if it finds a fault.
  bool HasFailed() {
    int status = 0;
    if (pid_ <= 0 || ::waitpid(pid_, &status, WNOHANG) != pid_) return false;
    pid_ = -1;
    return true;
  }

 private:
  void Start() {
    std::string read = "read";
    std::string self = "flood";
    char* arguments[] = {self.data(), read.data(), mode_.data(), nullptr};
    const int rc = ::posix_spawn(&pid_, "/proc/self/exe", nullptr, nullptr, arguments, environ);
    if (rc != 0) throw std::system_error(rc, std::system_category(), "cannot start the reader");
  }
  void Kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

  std::string mode_;
  pid_t pid_ = -1;
};

void Disturb(Reader& reader, std::atomic<uint32_t>& running, uint64_t& kills) {
  std::mt19937 random(std::random_device{}());
  while (running > 0) {
    std::this_thread::sleep_for(milliseconds(10 + random() % 1000));
    if (reader.HasFailed()) throw std::runtime_error("the reader has found a fault");
    if (random() % 4 == 0) {
      reader.Suspend(milliseconds(random() % 200));
    } else {
      reader.Restart();
      ++kills;
    }
  }
}

void WaitUntilTaken(Reader& reader, const Watch& watch, Clock::time_point deadline) {
  while (watch.Taken() < watch.Emitted()) {
    if (reader.HasFailed()) throw std::runtime_error("the reader has found a fault");
    if (Clock::now() > deadline) {
      throw std::runtime_error(fmt::format("gave up waiting for number {}: taken is {}",
                                           watch.Emitted(), watch.Taken()));
    }
    std::this_thread::sleep_for(milliseconds(10));
  }
}

bool Judge(const Balance& balance, const CpuCounters& before, const CpuCounters& after,
           const Plan& plan, uint64_t kills) {
  const uint64_t dropped = after.lost - before.lost;
  const uint64_t overwritten = after.overwritten - before.overwritten;
  const bool exact =
      plan.mode == "no-overwrite" ? balance.lost == dropped : balance.lost <= dropped + overwritten;
  const bool good =
      exact && balance.unnamed == 0 && balance.emitted == balance.delivered + balance.lost;
  fmt::print(
      "{}: emitted {} = delivered {} + lost {}{}; the kernel dropped {} in {} times full and "
      "overwrote {} in {} sub-buffers; reader killed {} times, {} numbers told twice\n",
      plan.mode, balance.emitted, balance.delivered, balance.lost,
      balance.unnamed > 0 ? fmt::format(" + {} WITHOUT A WORD", balance.unnamed) : "", dropped,
      after.full - before.full, overwritten, after.wrapped - before.wrapped, kills,
      balance.repeated);
  return good;
}

int Run(const Plan& plan) {
  std::filesystem::remove(kBooks);
  SetMode(plan.mode);
  const Watch watch;
  const uint64_t first = watch.Taken() + 1;
  const CpuCounters before = watch.Sum();
  Reader reader(plan.mode);
  std::atomic<uint32_t> running{kWriters};
  std::vector<std::thread> writers;
  for (uint32_t cpu = 0; cpu < kWriters; ++cpu) {
    writers.emplace_back([&, cpu] { Write(cpu, plan, watch, running); });
  }
  uint64_t kills = 0;
  try {
    Disturb(reader, running, kills);
  } catch (...) {
    for (std::thread& writer : writers) writer.join();
    throw;
  }
  for (std::thread& writer : writers) writer.join();
  WaitUntilTaken(reader, watch, plan.deadline);
  const Balance balance = ReadBooks(kBooks, first, watch.Emitted());
  const bool all = watch.Emitted() - first + 1 >= plan.events / kWriters * kWriters;
  if (!all) fmt::print("the time was over before all was emitted\n");
  return Judge(balance, before, watch.Sum(), plan, kills) && all ? 0 : 1;
}

}  // namespace
}  // namespace s390log::test

int main(int argc, char** argv) try {
  using namespace s390log::test;
  if (argc == 3 && std::string(argv[1]) == "read") {
    ReadForEver(kBooks, std::string(argv[2]) == "switch");
  }
  if (argc != 4) {
    fmt::print(stderr, "usage: flood EVENTS no-overwrite|overwrite|switch SECONDS\n");
    return 2;
  }
  return Run(
      {std::stoull(argv[1]), argv[2], Clock::now() + std::chrono::seconds(std::stoi(argv[3]))});
} catch (const std::exception& error) {
  fmt::print(stderr, "flood: {}\n", error.what());
  return 1;
}
