// SPDX-License-Identifier: MIT
#include "s390log/collector.h"

#include <gtest/gtest.h>
#include <linux/s390_log.h>
#include <poll.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <string>
#include <thread>

#include "tests/host/fake_channel.h"
#include "tests/host/fake_notice_queue.h"

namespace s390log {
namespace {

constexpr uint32_t kSubbuf = 4096;
constexpr size_t kNoLimit = SIZE_MAX;

struct Bench {
  Bench(uint32_t n_cpus, uint32_t n_subbufs, size_t slots)
      : channel(n_cpus, kSubbuf, n_subbufs), notices(slots), collector(channel, notices) {
    channel.SetNotify(
        [this](uint32_t event, SequenceNumber sequence) { notices.Post(event, sequence); });
  }

  CollectState Collect(size_t limit = kNoLimit) {
    return collector.Collect(limit, [this](const Outcome& outcome) { taken.push_back(outcome); });
  }

  FakeChannel channel;
  FakeNoticeQueue notices;
  Collector collector;
  std::vector<Outcome> taken;
};

TEST(Collector, WriterThatStaysInItsSectionIsReportedAndNotWaitedForAsleep) {
  Bench bench(2, 2, 4);
  bench.channel.Pend(0);
  const SequenceNumber number = bench.channel.TakeNumber(0);
  EXPECT_EQ(bench.Collect(), CollectState::kBehind);
  EXPECT_TRUE(bench.taken.empty());
  bench.channel.Write(0, number, Text("late"));
  bench.channel.Ready(KEVENT_S390_TEXT, number);
  bench.channel.Clear(0);
  EXPECT_EQ(bench.Collect(), CollectState::kIdle);
  ASSERT_EQ(bench.taken.size(), 1u);
  EXPECT_EQ(bench.taken[0].match, Match::kComplete);
}

TEST(Collector, EventWhoseKeventCoalescedStillComes) {
  Bench bench(1, 2, 1);
  for (int i = 0; i < 3; ++i) bench.channel.EmitText(0, "x");
  EXPECT_EQ(bench.Collect(), CollectState::kIdle);
  ASSERT_EQ(bench.taken.size(), 3u);
  EXPECT_EQ(bench.taken[0].match, Match::kComplete);
  EXPECT_EQ(bench.taken[1].match, Match::kCoalesced);
  EXPECT_EQ(bench.taken[2].match, Match::kCoalesced);
}

TEST(Collector, DroppedRecordStillNamesItsEvent) {
  Bench bench(1, 2, 16);
  FakeChannel::Content loaded;
  loaded.event = KEVENT_S390_TAPE_LOADED;
  loaded.payload.resize(3968);
  for (int i = 0; i < 3; ++i) bench.channel.Emit(0, loaded);
  EXPECT_EQ(bench.Collect(), CollectState::kIdle);
  ASSERT_EQ(bench.taken.size(), 3u);
  EXPECT_EQ(bench.taken[2].match, Match::kPayloadLost);
  EXPECT_EQ(bench.taken[2].event, uint32_t{KEVENT_S390_TAPE_LOADED});
  EXPECT_EQ(ToString(bench.taken[2].cause), "buffer full on CPU 0");
}

TEST(Collector, LimitIsKeptAndTheRestComesLater) {
  Bench bench(1, 2, 16);
  for (int i = 0; i < 5; ++i) bench.channel.EmitText(0, "x");
  EXPECT_EQ(bench.Collect(2), CollectState::kMore);
  EXPECT_EQ(bench.taken.size(), 2u);
  EXPECT_EQ(bench.Collect(), CollectState::kIdle);
  EXPECT_EQ(bench.taken.size(), 5u);
  for (const Outcome& outcome : bench.taken) EXPECT_EQ(outcome.match, Match::kComplete);
}

TEST(Collector, LimitInsideASplitGapLosesNothing) {
  Bench bench(1, 2, 1);
  for (int i = 0; i < 11; ++i) bench.channel.EmitText(0, std::string(968, 'x'));
  EXPECT_EQ(bench.Collect(8), CollectState::kMore);
  for (int i = 0; i < 5 && bench.Collect(1) == CollectState::kMore; ++i) {
  }
  EXPECT_EQ(bench.taken.back().last, SequenceNumber(11));
}

TEST(Collector, IdleOnlyAfterTheQueueWasDrainedAndTheNumberReadAgain) {
  Bench bench(1, 2, 1);
  EXPECT_EQ(bench.Collect(), CollectState::kIdle);
  EXPECT_EQ(bench.notices.Drains(), 1);
  bench.channel.EmitText(0, "x");
  pollfd ready{bench.notices.Fd(), POLLIN, 0};
  EXPECT_EQ(::poll(&ready, 1, 0), 1);
  EXPECT_EQ(bench.Collect(), CollectState::kIdle);
  EXPECT_EQ(::poll(&ready, 1, 0), 0);
}

// Writers run beside the collector; it sleeps on the queue only, without a time limit worth naming.
struct Race {
  explicit Race(Bench& bench_in, uint32_t writers, uint64_t each) : bench(bench_in) {
    for (uint32_t cpu = 0; cpu < writers; ++cpu) {
      threads.emplace_back([this, cpu, each] {
        for (uint64_t i = 0; i < each; ++i) bench.channel.EmitText(cpu, std::string(i % 200, 'x'));
      });
    }
  }

  // Until `total` numbers have come. False: slept for ever, that is, missed something.
  bool Run(uint64_t total) {
    uint64_t numbers = 0;
    while (numbers < total) {
      const CollectState state = bench.collector.Collect(100, [&](const Outcome& outcome) {
        bench.taken.push_back(outcome);
        numbers += CountOf(outcome.first, outcome.last);
      });
      bench.collector.GiveBack(bench.collector.GetMatcher().Settled());
      pollfd ready{bench.notices.Fd(), POLLIN, 0};
      if (state == CollectState::kIdle && numbers < total && ::poll(&ready, 1, 20000) == 0) {
        return false;
      }
    }
    return true;
  }

  void Join() {
    for (std::thread& thread : threads) thread.join();
  }

  Bench& bench;
  std::vector<std::thread> threads;
};

void ExpectOneStream(const std::vector<Outcome>& taken) {
  SequenceNumber next(1);
  for (const Outcome& outcome : taken) {
    ASSERT_EQ(outcome.first, next);
    next = outcome.last.Next();
  }
}

TEST(CollectorRace, EveryNumberComesOnceInOrderWithoutTimers) {
  constexpr uint64_t kEach = 20000;
  Bench bench(3, 64, 4);
  Race race(bench, 3, kEach);
  EXPECT_TRUE(race.Run(3 * kEach));
  race.Join();
  ExpectOneStream(bench.taken);
  const MatchCounts& counts = bench.collector.GetMatcher().Counts();
  EXPECT_EQ(counts.Delivered() + counts.lost, 3 * kEach);
  EXPECT_EQ(counts.late_notices, 0u);
  EXPECT_EQ(counts.complete + counts.payload_lost, bench.notices.Counts().delivered);
}

TEST(CollectorRace, FullBufferEveryMissingNumberIsNamed) {
  constexpr uint64_t kEach = 5000;
  Bench bench(2, 2, 2);
  Race race(bench, 2, kEach);
  race.Join();  // nobody reads meanwhile: nearly all is dropped
  EXPECT_TRUE(race.Run(2 * kEach));
  ExpectOneStream(bench.taken);
  std::set<SequenceNumber> dropped;
  for (const uint32_t cpu : {0u, 1u}) {
    dropped.insert(bench.channel.Dropped(cpu).begin(), bench.channel.Dropped(cpu).end());
  }
  std::set<SequenceNumber> named;
  for (const Outcome& outcome : bench.taken) {
    if (outcome.match != Match::kGap && outcome.match != Match::kPayloadLost) continue;
    EXPECT_EQ(outcome.cause.kind, LossKind::kBufferFull);
    for (auto n = outcome.first; n <= outcome.last; n = n.Next()) named.insert(n);
  }
  EXPECT_FALSE(dropped.empty());
  EXPECT_EQ(named, dropped);
}

TEST(CollectorRace, FullAndReadAtTheSameTimeEveryMissingNumberIsNamed) {
  constexpr uint64_t kEach = 20000;
  Bench bench(2, 2, 2);
  Race race(bench, 2, kEach);
  EXPECT_TRUE(race.Run(2 * kEach));
  race.Join();
  ExpectOneStream(bench.taken);
  uint64_t missing = 0;
  for (const Outcome& outcome : bench.taken) {
    const bool lost = outcome.match == Match::kGap || outcome.match == Match::kPayloadLost;
    if (lost) missing += CountOf(outcome.first, outcome.last);
  }
  EXPECT_EQ(missing, bench.channel.Dropped(0).size() + bench.channel.Dropped(1).size());
}

}  // namespace
}  // namespace s390log
