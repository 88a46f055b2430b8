// SPDX-License-Identifier: MIT
//
// The books balance on the real kernel: floods from two CPUs, and buffers that are full on purpose.
// Load s390_log with subbuf_size=4096 n_subbufs=4 to make the latter quick; nobody else may
// consume.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/s390_log.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "s390log/collector.h"
#include "s390log/device_channel.h"
#include "s390log/kevent_queue.h"

namespace s390log::test {
namespace {

constexpr char kDevice[] = "/dev/s390_log";
constexpr int kFloodPerWriter = 50'000;

void PinTo(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  ASSERT_EQ(0, sched_setaffinity(0, sizeof(set), &set)) << "CPU " << cpu;
}

// Emits text events on the CPU that the thread is on.
class Emitter {
 public:
  Emitter() {
    EXPECT_EQ(0, ioctl(fd_, S390_LOG_IOC_INFO, &info_));
    positions_ = mmap(nullptr, info_.position_size, PROT_READ, MAP_SHARED, fd_, 0);
    EXPECT_NE(MAP_FAILED, positions_);
  }
  Emitter(const Emitter&) = delete;
  Emitter& operator=(const Emitter&) = delete;
  ~Emitter() {
    munmap(positions_, info_.position_size);
    close(fd_);
  }

  void Emit(const std::string& text) const {
    ASSERT_EQ(static_cast<ssize_t>(text.size()), write(fd_, text.data(), text.size()));
  }

  // Begun and not given back; the last of them may have room.
  uint64_t SubbufsInUse(int cpu) const {
    const auto* words = reinterpret_cast<const s390_log_cpu*>(static_cast<const char*>(positions_) +
                                                              sizeof(s390_log_position));
    const uint64_t position = __atomic_load_n(&words[cpu].position, __ATOMIC_RELAXED);
    const uint64_t consumed = __atomic_load_n(&words[cpu].consumed, __ATOMIC_RELAXED);
    return (position + info_.subbuf_size - 1) / info_.subbuf_size - consumed;
  }

 private:
  const int fd_ = open(kDevice, O_RDWR | O_CLOEXEC);
  s390_log_info info_{};
  void* positions_ = nullptr;
};

std::string TextOf(const Record& record) {
  return {reinterpret_cast<const char*>(record.payload.data()), record.payload.size()};
}

class Flood : public testing::Test {
 protected:
  // All that is there now. Checks that numbers follow on each other without hole and overlap.
  template <typename Take>
  void CollectAll(const Take& take) {
    const auto check = [&](const Outcome& outcome) {
      ASSERT_EQ(next_, outcome.first) << "out of order, twice, or missing without a word";
      next_ = SequenceNumber(outcome.last.Value() + 1);
      take(outcome);
      taken_ = outcome.last;
    };
    while (collector_.Collect(1000, check) != CollectState::kIdle) collector_.GiveBack(taken_);
    collector_.GiveBack(taken_);
  }

  // What other tests left behind is not this one's.
  void StartEmpty() {
    bool first = true;
    const auto skip = [&](const Outcome& outcome) {
      if (first) next_ = outcome.first;
      first = false;
      next_ = SequenceNumber(outcome.last.Value() + 1);
      taken_ = outcome.last;
    };
    while (collector_.Collect(1000, skip) != CollectState::kIdle) collector_.GiveBack(taken_);
    collector_.GiveBack(taken_);
    next_ = SequenceNumber(collector_.Reader().EmittedNow().Value() + 1);
  }

  uint64_t Lost() const {
    uint64_t lost = 0;
    for (const CpuReport& cpu : collector_.Reader().Cpus()) lost += cpu.counters.lost;
    return lost;
  }

  DeviceChannel channel_{kDevice};
  KeventQueue queue_{KEVENT_S390_TEXT, 16};
  Collector collector_{channel_, queue_};
  SequenceNumber next_;
  SequenceNumber taken_;
};

TEST_F(Flood, ManyEventsFromTwoCpusArriveOnceAndInOrder) {
  StartEmpty();
  const uint64_t before = collector_.Reader().EmittedNow().Value();
  const uint64_t lost_before = Lost();
  std::atomic<int> running{2};
  const auto writer = [&](int cpu) {
    PinTo(cpu);
    const Emitter emitter;
    for (int i = 0; i < kFloodPerWriter; ++i) {
      emitter.Emit(std::to_string(cpu) + " " + std::to_string(i));
      // The reader shares the two CPUs: what is tested is order, not who is faster.
      while (emitter.SubbufsInUse(cpu) >= channel_.GetGeometry().n_subbufs) sched_yield();
    }
    --running;
  };
  std::thread first(writer, 0);
  std::thread second(writer, 1);

  std::map<std::string, int> next_of_writer;
  uint64_t records = 0;
  const auto take = [&](const Outcome& outcome) {
    ASSERT_TRUE(outcome.match == Match::kComplete || outcome.match == Match::kCoalesced);
    const std::string text = TextOf(outcome.record);
    const std::string writer_name = text.substr(0, 1);
    ASSERT_EQ(std::to_string(next_of_writer[writer_name]++), text.substr(2));
    ++records;
  };
  while (running > 0) {
    pollfd poll_fd{queue_.Fd(), POLLIN, 0};
    poll(&poll_fd, 1, 100);
    CollectAll(take);
  }
  first.join();
  second.join();
  CollectAll(take);
  EXPECT_EQ(2u * kFloodPerWriter, records);
  EXPECT_EQ(before + records, collector_.Reader().EmittedNow().Value());
  EXPECT_EQ(lost_before, Lost());
  EXPECT_GT(collector_.GetMatcher().Counts().complete, 0u);
}

TEST_F(Flood, EachNumberMissingFromAFullBufferIsNamed) {
  StartEmpty();
  PinTo(0);
  const uint64_t lost_before = Lost();
  const Emitter emitter;
  const s390log::Geometry& geometry = channel_.GetGeometry();
  const uint64_t capacity = geometry.subbuf_size * geometry.n_subbufs;
  const std::string text(1000, 'x');
  const uint64_t many = 2 * capacity / 1000;
  const SequenceNumber base = next_;
  for (uint64_t i = 0; i < many; ++i) emitter.Emit(text);

  uint64_t delivered = 0;
  uint64_t named = 0;
  const auto take = [&](const Outcome& outcome) {
    const uint64_t count = outcome.last.Value() - outcome.first.Value() + 1;
    if (outcome.match == Match::kComplete || outcome.match == Match::kCoalesced) {
      EXPECT_EQ(0u, named) << "on one CPU what fits comes before what does not";
      delivered += count;
    } else {
      EXPECT_EQ(LossKind::kBufferFull, outcome.cause.kind);
      EXPECT_EQ(std::vector<uint32_t>{0}, outcome.cause.cpus);
      named += count;
    }
  };
  CollectAll(take);
  EXPECT_EQ(many, delivered + named);
  EXPECT_EQ(Lost() - lost_before, named);
  EXPECT_GT(named, 0u);
  EXPECT_EQ(base.Value() + many, next_.Value());

  emitter.Emit("there is room again");
  uint64_t after = 0;
  CollectAll([&](const Outcome& outcome) {
    EXPECT_EQ("there is room again", TextOf(outcome.record));
    ++after;
  });
  EXPECT_EQ(1u, after);
}

// CPU 1 is full and CPU 0 is not: of numbers drawn in turn, exactly CPU 1's are missing.
TEST_F(Flood, EverySecondNumberMissingIsNamedOneByOne) {
  StartEmpty();
  const Emitter emitter;
  const s390log::Geometry& geometry = channel_.GetGeometry();
  const std::string text(1000, 'x');
  PinTo(1);
  const uint64_t lost_before = Lost();
  for (uint64_t i = 0; Lost() == lost_before; ++i) {
    ASSERT_LT(i, geometry.subbuf_size * geometry.n_subbufs) << "it never gets full";
    emitter.Emit(text);
  }
  const uint64_t filled = collector_.Reader().EmittedNow().Value();
  for (int i = 0; i < 10; ++i) {
    PinTo(i % 2);
    emitter.Emit("turn " + std::to_string(i));
  }
  std::vector<int> present;
  std::vector<int> missing;
  CollectAll([&](const Outcome& outcome) {
    for (uint64_t n = outcome.first.Value(); n <= outcome.last.Value(); ++n) {
      if (n <= filled) continue;
      const bool there = outcome.match == Match::kComplete || outcome.match == Match::kCoalesced;
      (there ? present : missing).push_back(static_cast<int>(n - filled - 1));
    }
  });
  EXPECT_EQ((std::vector<int>{0, 2, 4, 6, 8}), present);
  EXPECT_EQ((std::vector<int>{1, 3, 5, 7, 9}), missing);
}

}  // namespace
}  // namespace s390log::test
