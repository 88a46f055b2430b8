// SPDX-License-Identifier: MIT
// What logd/sink.h promises, for every sink: each is run as it is, and behind a SelectedSink.
//
// Another sink is one class (sink_bench.h) and one line at the end of this file.
#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <memory>
#include <set>
#include <tuple>

#include "logd/selected_sink.h"
#include "tests/host/fake_channel.h"
#include "tests/host/pump.h"
#include "tests/host/sink_bench.h"
#include "tests/host/test_events.h"

namespace s390log {
namespace {

using MakeBench = std::unique_ptr<SinkBench> (*)();
template <typename Bench>
std::unique_ptr<SinkBench> Make() {
  return std::make_unique<Bench>();
}

class SinkContract : public testing::TestWithParam<std::tuple<MakeBench, bool>> {
 protected:
  void Append(uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) backlog_.Append(TextEvent(backlog_.End() + 1));
  }
  bool PumpUntilTaken(uint64_t index) {
    return Pump(
        *sink_, backlog_, [&] { return sink_->Taken() >= index; }, [&] { bench_->Beside(); });
  }
  // Everything, and nothing is on its way any more.
  bool PumpUntilSafe(uint64_t index) {
    return Pump(
        *sink_, backlog_,
        [&] { return sink_->Safe() >= index && sink_->Flushed() && Distinct() >= index; },
        [&] { bench_->Beside(); });
  }
  bool PumpUntilReceived(size_t count) {
    return Pump(
        *sink_, backlog_, [&] { return bench_->Received().size() >= count && sink_->Flushed(); },
        [&] { bench_->Beside(); });
  }
  size_t Distinct() {
    const std::vector<uint64_t> received = bench_->Received();
    return std::set<uint64_t>(received.begin(), received.end()).size();
  }
  void ExpectAllInOrder(uint64_t count) {
    const std::vector<uint64_t> received = bench_->Received();
    ASSERT_EQ(received.size(), count);
    for (uint64_t i = 0; i < count; ++i) ASSERT_EQ(received[i], i + 1);
  }
  // Each at least once. Whatever comes again begins a row that leads to where it had been, and
  // beyond.
  void ExpectAllPerhapsRepeated(uint64_t count) {
    uint64_t expected = 1;
    uint64_t seen = 0;
    for (const uint64_t number : bench_->Received()) {
      ASSERT_TRUE(number == expected || number <= seen) << number << " behind " << expected - 1;
      expected = number + 1;
      seen = std::max(seen, number);
    }
    EXPECT_EQ(seen, count);
    EXPECT_EQ(Distinct(), count);
  }
  std::unique_ptr<Sink> Make() {
    std::unique_ptr<Sink> sink = bench_->NewSink();
    if (!std::get<1>(GetParam())) return sink;
    // All that the contract's events are, but not by default.
    return Select(std::move(sink), {.severity = 6, .events = {"LOG*"}});
  }
  // logd ends, however it does, and the next goes on from what was safe.
  void Restart() {
    const uint64_t safe = sink_->Safe();
    sink_.reset();
    sink_ = Make();
    sink_->StartAt(safe);
  }

  std::unique_ptr<SinkBench> bench_ = std::get<0>(GetParam())();
  std::unique_ptr<Sink> sink_ = Make();
  Backlog backlog_{100000, TestBootId().ToString(), 0, nullptr};
};

TEST_P(SinkContract, DownItTakesNothingAndNeitherBlocksNorThrows) {
  Append(3);
  Turn(*sink_, backlog_, 20);
  EXPECT_EQ(sink_->Taken(), 0u);
  EXPECT_TRUE(bench_->Received().empty());
}

TEST_P(SinkContract, WhatCameWhileItWasDownArrivesInOrder) {
  Append(500);
  Turn(*sink_, backlog_, 5);
  bench_->Mend();
  Append(500);
  EXPECT_TRUE(PumpUntilTaken(1000));
  EXPECT_TRUE(PumpUntilReceived(1000));
  ExpectAllInOrder(1000);
}

TEST_P(SinkContract, NothingBeyondTheBacklogIsTaken) {
  bench_->Mend();
  Append(2);
  EXPECT_TRUE(PumpUntilTaken(2));
  Turn(*sink_, backlog_, 3);
  EXPECT_EQ(sink_->Taken(), 2u);
  EXPECT_EQ(sink_->Report().taken, 2u);
}

TEST_P(SinkContract, TakenEntriesMayBeTrimmed) {
  bench_->Mend();
  for (uint64_t round = 1; round <= 20; ++round) {
    Append(50);
    ASSERT_TRUE(PumpUntilTaken(round * 50));
    backlog_.TrimTo(sink_->Taken());
  }
  EXPECT_TRUE(PumpUntilReceived(1000));
  ExpectAllInOrder(1000);
}

TEST_P(SinkContract, WithNothingToDoItWaitsForNoTimeAndNotForRoom) {
  bench_->Mend();
  Append(1);
  EXPECT_TRUE(PumpUntilTaken(1));
  const Wait wait = sink_->GetWait(backlog_);
  EXPECT_FALSE(wait.deadline);
  EXPECT_EQ(wait.events & POLLOUT, 0);
  EXPECT_TRUE(sink_->Report().up);
}

TEST_P(SinkContract, TakenNeverFalls) {
  Append(300);
  bench_->Mend();
  uint64_t before = 0;
  EXPECT_TRUE(Pump(
      *sink_, backlog_,
      [&] {
        EXPECT_GE(sink_->Taken(), before);
        before = sink_->Taken();
        return before == 300;
      },
      [&] { bench_->Beside(); }));
}

TEST_P(SinkContract, DownInTheMiddleItGoesOnWithoutLeavingOneOut) {
  bench_->Mend();
  Append(400);
  EXPECT_TRUE(PumpUntilSafe(400));
  bench_->Break();
  Append(400);
  Turn(*sink_, backlog_, 5);
  EXPECT_LT(sink_->Safe(), 800u);
  bench_->Mend();
  Append(400);
  EXPECT_TRUE(PumpUntilSafe(1200));
  ExpectAllPerhapsRepeated(1200);
}

TEST_P(SinkContract, AnotherOneGoesOnFromWhatWasSafe) {
  bench_->Mend();
  Append(300);
  EXPECT_TRUE(PumpUntilSafe(300));
  Restart();
  EXPECT_EQ(sink_->Taken(), 300u);
  EXPECT_EQ(sink_->Report().taken, 0u);
  Append(300);
  EXPECT_TRUE(PumpUntilSafe(600));
  EXPECT_EQ(sink_->Report().taken, 300u);
  ExpectAllInOrder(600);
}

TEST_P(SinkContract, RestartedAtAnyMomentItLeavesNoneOut) {
  bench_->Mend();
  for (int round = 0; round < 30; ++round) {
    Append(30);
    Turn(*sink_, backlog_, round % 3);
    if (round % 2 == 0) bench_->Beside();
    Restart();
  }
  EXPECT_TRUE(PumpUntilSafe(900));
  ExpectAllPerhapsRepeated(900);
}

TEST_P(SinkContract, SafeIsNeverBeyondTaken) {
  bench_->Mend();
  Append(2000);
  EXPECT_TRUE(Pump(
      *sink_, backlog_,
      [&] {
        EXPECT_LE(sink_->Safe(), sink_->Taken());
        return sink_->Taken() == 2000;
      },
      [&] { bench_->Beside(); }));
}

// Of those before 10 the store has none any more.
class Expired : public History {
 public:
  std::optional<Entry> Find(uint64_t /*index*/) override { return std::nullopt; }
};

TEST_P(SinkContract, WhatExpiredIsCountedAndTheRestComes) {
  Expired history;
  Backlog backlog(100, TestBootId().ToString(), 10, &history);
  for (uint64_t i = 1; i <= 5; ++i) backlog.Append(TextEvent(i));
  sink_->StartAt(3);
  bench_->Mend();
  EXPECT_TRUE(Pump(
      *sink_, backlog, [&] { return sink_->Safe() == 15 && Distinct() == 5; },
      [&] { bench_->Beside(); }));
  EXPECT_EQ(sink_->Report().expired, 7u);
  ExpectAllInOrder(5);
}

TEST_P(SinkContract, ReopenedAtAnyMomentItLeavesNoneOut) {
  bench_->Mend();
  for (int round = 0; round < 20; ++round) {
    Append(30);
    sink_->Reopen();
    Turn(*sink_, backlog_, 1);
    bench_->Beside();
  }
  EXPECT_TRUE(PumpUntilSafe(600));
  ExpectAllInOrder(600);
}

// What the class before it does is done, whatever the sink is.
TEST_P(SinkContract, SelectionAndLimitAreCountedAndTold) {
  bench_->Mend();
  sink_ = Select(bench_->NewSink(), {.events = {"TAP*"}, .max_per_second = 5});
  for (uint64_t i = 1; i <= 40; ++i) {
    Event event = i % 2 == 0 ? TapeEvent(i) : TextEvent(i);
    backlog_.Append(event);
  }
  sink_->Conclude();
  EXPECT_TRUE(Pump(
      *sink_, backlog_,
      [&] { return sink_->Safe() == 40 && sink_->Flushed() && sink_->Report().taken == 6; },
      [&] { bench_->Beside(); }));
  EXPECT_EQ(sink_->Report().filtered, 20u);
  EXPECT_EQ(sink_->Report().limited, 15u);
}

template <typename Bench>
auto BothWays() {
  return testing::Combine(testing::Values(&Make<Bench>), testing::Bool());
}
INSTANTIATE_TEST_SUITE_P(Fake, SinkContract, BothWays<FakeBench>());
INSTANTIATE_TEST_SUITE_P(JsonPipe, SinkContract, BothWays<JsonPipeBench>());
INSTANTIATE_TEST_SUITE_P(JsonFile, SinkContract, BothWays<JsonFileBench>());
INSTANTIATE_TEST_SUITE_P(JsonRotated, SinkContract, BothWays<JsonRotatedBench>());
INSTANTIATE_TEST_SUITE_P(Journal, SinkContract, BothWays<JournalBench>());
INSTANTIATE_TEST_SUITE_P(SyslogTcp, SinkContract, BothWays<SyslogTcpBench>());
INSTANTIATE_TEST_SUITE_P(SyslogDatagram, SinkContract, BothWays<SyslogLocalBench<SOCK_DGRAM>>());
INSTANTIATE_TEST_SUITE_P(SyslogStream, SinkContract, BothWays<SyslogLocalBench<SOCK_STREAM>>());
// What UDP loses nobody hears of: a sink that is down in the middle is not among its tests.
INSTANTIATE_TEST_SUITE_P(SyslogUdp, SinkContract, BothWays<SyslogUdpBench>());

}  // namespace
}  // namespace s390log
