// SPDX-License-Identifier: MIT
//
// CPUs that come and go while events flood. With the kernel parameter maxcpus=1 the second CPU
// comes online for the first time in here. Load s390_log with subbuf_size=4096 n_subbufs=16, and
// s390_log_source; nobody else may consume.
#include <fcntl.h>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <linux/s390_log.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <variant>

#include "s390log/collector.h"
#include "s390log/device_channel.h"
#include "s390log/kevent_queue.h"
#include "s390log/position_area.h"

namespace s390log::test {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr char kOnline[] = "/sys/devices/system/cpu/cpu1/online";
constexpr int kRounds = 20;

bool Write(const std::string& path, const std::string& value) {
  const UniqueFd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return fd && write(fd.Get(), value.data(), value.size()) == static_cast<ssize_t>(value.size());
}

// The kernel refuses for a moment while it is busy with the last change.
bool SetOnline(bool online) {
  const Clock::time_point limit = Clock::now() + std::chrono::seconds(10);
  while (!Write(kOnline, online ? "1" : "0")) {
    if (errno != EBUSY || Clock::now() > limit) return false;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return true;
}

void Flood(const std::atomic<bool>& stop, uint64_t writer) {
  uint64_t number = writer << 32 | 1;
  while (!stop) {
    ASSERT_TRUE(
        Write("/sys/module/s390_log_source/parameters/flood", fmt::format("50 4 {}", number)));
    number += 50;
    std::this_thread::sleep_for(milliseconds(1));
  }
}

// Delivered and missing numbers follow on each other; nothing is missing without a cause.
class Books {
 public:
  void Collect(Collector& collector) {
    const auto take = [this](const Outcome& outcome) {
      if (!begun_) next_ = outcome.first;
      begun_ = true;
      ASSERT_EQ(next_, outcome.first);
      next_ = outcome.last.Next();
      const bool there = outcome.match == Match::kComplete || outcome.match == Match::kCoalesced;
      (there ? delivered : lost) += CountOf(outcome.first, outcome.last);
      if (there && outcome.record.cpu == 1) ++of_second_cpu;
      if (!there) {
        ASSERT_NE(LossKind::kUnexplained, outcome.cause.kind);
      }
    };
    while (collector.Collect(10'000, take) == CollectState::kMore) {
    }
    if (begun_) collector.GiveBack(next_.Previous());
  }

  uint64_t delivered = 0;
  uint64_t lost = 0;
  uint64_t of_second_cpu = 0;

 private:
  bool begun_ = false;
  SequenceNumber next_;
};

TEST(Hotplug, NothingIsLostWithoutAWordWhileACpuComesAndGoes) {
  DeviceChannel channel("/dev/s390_log");
  KeventQueue queue(KEVENT_S390_TEXT, 16);
  Collector collector(channel, queue);
  const PositionArea area(channel.Positions());
  const uint64_t before = area.Sequence().Value();
  const bool first_time = area.Counters(1).begun == 0;
  ASSERT_TRUE(SetOnline(true)) << kOnline << ": errno " << errno;
  EXPECT_GT(area.Counters(1).begun, 0u) << "relay has made no buffer for the new CPU";

  std::atomic<bool> stop{false};
  std::thread first(Flood, std::cref(stop), 1);
  std::thread second(Flood, std::cref(stop), 2);
  Books books;
  for (int round = 0; round < kRounds; ++round) {
    const CpuCounters online = area.Counters(1);
    EXPECT_TRUE(SetOnline(false));
    books.Collect(collector);
    const CpuCounters offline = area.Counters(1);
    EXPECT_GE(offline.records, online.records) << "the counters outlive the CPU";
    EXPECT_GE(offline.position, online.position);
    EXPECT_TRUE(SetOnline(true));
    const Clock::time_point until = Clock::now() + milliseconds(50);
    while (Clock::now() < until) {
      pollfd ready{queue.Fd(), POLLIN, 0};
      poll(&ready, 1, 10);
      books.Collect(collector);
    }
  }
  stop = true;
  first.join();
  second.join();
  books.Collect(collector);
  const uint64_t emitted = area.Sequence().Value() - before;
  EXPECT_GE(books.delivered + books.lost, emitted);
  EXPECT_GT(books.of_second_cpu, 0u);
  EXPECT_EQ(0u, collector.Reader().FaultCount());
  fmt::print("{} emitted, {} delivered, {} lost, {} of the second CPU{}\n", emitted,
             books.delivered, books.lost, books.of_second_cpu,
             first_time ? ", which came online for the first time" : "");
}

}  // namespace
}  // namespace s390log::test
