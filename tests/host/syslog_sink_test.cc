// SPDX-License-Identifier: MIT
// What is sent again, and what is not, whatever the transport.
#include "logd/syslog_sink.h"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/host/fake_channel.h"
#include "tests/host/fake_transport.h"
#include "tests/host/syslog_parser.h"
#include "tests/host/test_events.h"

namespace s390log {
namespace {

using Change = SyslogTransport::Change;
using Numbers = std::vector<uint64_t>;

class SyslogSinkTest : public testing::Test {
 protected:
  SyslogSinkTest() { MakeSink({}); }

  void MakeSink(const SyslogSinkOptions& options) {
    auto transport = std::make_unique<FakeTransport>();
    transport_ = transport.get();
    sink_ = std::make_unique<SyslogSink>(std::move(transport), options);
  }
  void Append(uint64_t count, const std::string& text = "a text") {
    for (uint64_t i = 0; i < count; ++i) backlog_.Append(TextEvent(backlog_.End() + 1, text));
  }
  void Follow() { sink_->Follow(backlog_, now_); }
  void Pass(std::chrono::seconds time) { now_ += time; }

  // Since the last call, by octet counting.
  Numbers Sent() {
    rest_ += transport_->TakeStream();
    Numbers numbers;
    const auto frames = TakeFrames(rest_);
    EXPECT_TRUE(frames);
    for (const std::string& frame : frames.value_or(std::vector<std::string>())) {
      const auto message = ParseMessage(frame);
      EXPECT_TRUE(message) << frame;
      if (message) numbers.push_back(std::stoull(message->params.at("sequence")));
    }
    return numbers;
  }

  Numbers SentUntilQuiet() {
    Numbers all;
    for (bool more = true; more;) {
      Follow();
      const Numbers sent = Sent();
      all.insert(all.end(), sent.begin(), sent.end());
      more = !sent.empty();
    }
    return all;
  }
  void SendMoreThanIsKept() {
    Append(kMoreThanKept, std::string(kTextSize, 'x'));
    while (sink_->Taken() < backlog_.End()) Follow();
  }
  Numbers AgainAfterABreak() {
    transport_->TakeStream();
    transport_->SetAcknowledged(false);
    transport_->Say(Change::kBroken);
    return SentUntilQuiet();
  }
  static Numbers Range(uint64_t first, uint64_t last) {
    Numbers numbers(last - first + 1);
    std::iota(numbers.begin(), numbers.end(), first);
    return numbers;
  }

  static constexpr uint64_t kTextSize = 1000;
  static constexpr uint64_t kMoreThanKept = 2 * SyslogSink::kKeepBytes / kTextSize;
  static constexpr std::chrono::seconds kDoubtTime{5};  // SyslogSinkOptions

  Backlog backlog_{100000, TestBootId().ToString(), 0, nullptr};
  Clock::time_point now_ = Clock::now();
  FakeTransport* transport_ = nullptr;
  std::unique_ptr<SyslogSink> sink_;
  std::string rest_;
};

TEST_F(SyslogSinkTest, WhatATryTookIsTakenWhenTheServerIsThere) {
  transport_->SetUp(false);
  transport_->SetRoom(1);  // as if it took one
  Append(1);
  Follow();
  transport_->SetRoom(SIZE_MAX);
  Follow();
  EXPECT_EQ(Sent(), Numbers{1});
  EXPECT_EQ(sink_->Taken(), 0u);
  transport_->SetUp(true);
  transport_->Say(Change::kUp);
  Follow();
  EXPECT_EQ(sink_->Taken(), 1u);
  EXPECT_TRUE(Sent().empty());
}

TEST_F(SyslogSinkTest, TryThatFailedIsNoRepetition) {
  transport_->SetUp(false);
  Append(1);
  Follow();
  EXPECT_EQ(Sent(), Numbers{1});
  transport_->Say(Change::kClosed);
  Follow();
  EXPECT_EQ(Sent(), Numbers{1});
  EXPECT_EQ(sink_->Report().repeated, 0u);
}

TEST_F(SyslogSinkTest, BrokenConnectionRepeatsAllThatIsKept) {
  Append(3);
  Follow();
  Pass(std::chrono::minutes(9));
  Append(2);
  Follow();
  Sent();
  transport_->Say(Change::kBroken);
  Follow();
  EXPECT_EQ(Sent(), (Numbers{1, 2, 3, 4, 5}));
  EXPECT_EQ(sink_->Report().repeated, 5u);
}

TEST_F(SyslogSinkTest, WhatIsOldAndAcknowledgedIsNotRepeated) {
  Append(3);
  Follow();
  Pass(SyslogSink::kKeepTime + std::chrono::seconds(1));
  Append(2);
  Follow();
  Sent();
  transport_->Say(Change::kBroken);
  Follow();
  EXPECT_EQ(Sent(), (Numbers{4, 5}));
}

TEST_F(SyslogSinkTest, WithoutAStoreMessagesAreKeptUpToTheirLimit) {
  SendMoreThanIsKept();
  backlog_.TrimTo(kMoreThanKept);
  const Numbers again = AgainAfterABreak();
  ASSERT_FALSE(again.empty());
  EXPECT_EQ(again, Range(again.front(), kMoreThanKept));
  EXPECT_LE(again.size() * kTextSize, SyslogSink::kKeepBytes);
  EXPECT_GT(again.size() * kTextSize * 2, SyslogSink::kKeepBytes);
  EXPECT_EQ(sink_->Report().repeated, again.size());
  EXPECT_EQ(sink_->Report().expired, 0u);
}

TEST_F(SyslogSinkTest, WhatIsStoredIsSentAgainBeyondWhatIsKept) {
  SendMoreThanIsKept();
  EXPECT_EQ(AgainAfterABreak(), Range(1, kMoreThanKept));
  EXPECT_EQ(sink_->Report().repeated, kMoreThanKept);
  EXPECT_EQ(sink_->Safe(), 0u);
}

// Each second has a mark of its own.
TEST_F(SyslogSinkTest, OnlyTheLastSecondsOfWhatIsNotKeptAreSentAgain) {
  Append(10);
  Follow();
  Pass(kDoubtTime);
  SendMoreThanIsKept();
  Pass(2 * SyslogSink::kMarkTime);
  transport_->TakeStream();
  transport_->Say(Change::kClosed);
  EXPECT_EQ(SentUntilQuiet(), Range(11, kMoreThanKept + 10));
}

TEST_F(SyslogSinkTest, SafeKnowsOfWhatIsNotKeptAnyMore) {
  SendMoreThanIsKept();
  EXPECT_EQ(sink_->Safe(), 0u);
  Pass(kDoubtTime + 2 * SyslogSink::kMarkTime);
  Follow();
  EXPECT_EQ(sink_->Safe(), kMoreThanKept);
}

TEST_F(SyslogSinkTest, ServerThatEndedInOrderGetsTheLastSecondsAgain) {
  Append(3);
  Follow();
  Pass(std::chrono::seconds(4));
  Append(2);
  Follow();
  Pass(std::chrono::seconds(4));
  Sent();
  transport_->Say(Change::kClosed);
  Follow();
  EXPECT_EQ(Sent(), (Numbers{4, 5}));
  Pass(kDoubtTime + std::chrono::seconds(1));
  transport_->Say(Change::kClosed);
  Append(1);
  Follow();
  EXPECT_EQ(Sent(), Numbers{6});
}

TEST_F(SyslogSinkTest, HalfAMessageComesWholeOnTheNextConnection) {
  Append(2);
  transport_->SetRoom(300);
  Follow();
  EXPECT_EQ(transport_->TakeStream().size(), 300u);
  EXPECT_EQ(sink_->Taken(), 1u);
  transport_->Say(Change::kBroken);
  transport_->SetRoom(SIZE_MAX);
  Follow();
  EXPECT_EQ(Sent(), (Numbers{1, 2}));
  EXPECT_EQ(sink_->Report().repeated, 1u);
}

TEST_F(SyslogSinkTest, SafeIsWhatIsAcknowledgedAndNotOfTheLastSeconds) {
  Append(2);
  Follow();
  EXPECT_EQ(sink_->Taken(), 2u);
  EXPECT_EQ(sink_->Safe(), 0u);
  Pass(kDoubtTime + std::chrono::seconds(1));
  Append(1);
  Follow();
  EXPECT_EQ(sink_->Safe(), 2u);
  transport_->Say(Change::kBroken);
  Follow();
  EXPECT_EQ(sink_->Safe(), 0u);
}

TEST_F(SyslogSinkTest, NothingIsSafeThatWasNotAcknowledgedWhenItsTimeWasOver) {
  transport_->SetAcknowledged(false);
  Append(2);
  Follow();
  Pass(kDoubtTime + std::chrono::seconds(1));
  Follow();
  EXPECT_EQ(sink_->Safe(), 0u);
}

// Behind a Send() there is always something that is not acknowledged yet.
TEST_F(SyslogSinkTest, SafeFollowsThoughThereIsAlwaysMoreToSend) {
  for (uint64_t i = 0; i < 10; ++i) {
    transport_->SetAcknowledged(true);
    Append(1);
    Follow();
    transport_->SetAcknowledged(false);
    Pass(std::chrono::seconds(1));
  }
  EXPECT_EQ(sink_->Safe(), 4u);
}

TEST_F(SyslogSinkTest, BeyondWhatIsKeptTheLastMinuteIsSentAgain) {
  SendMoreThanIsKept();
  Pass(SyslogSink::kQueueTime + 2 * SyslogSink::kMarkTime);
  Append(1);
  const Numbers again = AgainAfterABreak();
  EXPECT_LE(again.size() * kTextSize, SyslogSink::kKeepBytes);
  EXPECT_EQ(again, Range(kMoreThanKept + 2 - again.size(), kMoreThanKept + 1));
}

TEST_F(SyslogSinkTest, EndThatTheServerConfirmsMakesAllSafe) {
  Append(2);
  Follow();
  transport_->SetConfirms(false);
  sink_->Finish(now_);
  EXPECT_EQ(sink_->Safe(), 0u);
  transport_->SetConfirms(true);
  sink_->Finish(now_);
  EXPECT_EQ(sink_->Safe(), 2u);
}

TEST_F(SyslogSinkTest, LineFeedsFrameIfThatIsSaid) {
  SyslogSinkOptions options;
  options.framing = SyslogFraming::kLineFeed;
  MakeSink(options);
  Append(2, "two\nlines");
  Follow();
  const std::string stream = transport_->TakeStream();
  EXPECT_EQ(std::count(stream.begin(), stream.end(), '\n'), 2);
  EXPECT_EQ(stream.back(), '\n');
  EXPECT_TRUE(ParseMessage(stream.substr(0, stream.find('\n'))));
}

TEST_F(SyslogSinkTest, DatagramsAreMadeAnewForANarrowerPathAndTheCutAreCounted) {
  SyslogSinkOptions options;
  options.framing = SyslogFraming::kNone;
  MakeSink(options);
  transport_->SetMaxPiece(1472);
  Append(1, std::string(1000, 'x'));
  Follow();
  EXPECT_GT(transport_->TakeStream().size(), 1000u);
  EXPECT_EQ(sink_->Report().cut, 0u);
  transport_->SetRoom(0);
  Append(1, std::string(1000, 'x'));
  Follow();
  transport_->SetRoom(SIZE_MAX);
  transport_->SetMaxPiece(700);
  Follow();
  const std::string message = transport_->TakeStream();
  EXPECT_EQ(message.size(), 700u);
  EXPECT_EQ(ParseMessage(message).value().params.at("cut"), "yes");
  EXPECT_EQ(sink_->Report().cut, 1u);
}

TEST_F(SyslogSinkTest, RepeatedMessageIsCountedAsCutOnce) {
  SyslogSinkOptions options;
  options.max_message = SyslogEncoder::kMinLimit;
  MakeSink(options);
  Append(1, std::string(1000, 'x'));
  Follow();
  transport_->Say(Change::kBroken);
  Follow();
  EXPECT_EQ(sink_->Report().repeated, 1u);
  EXPECT_EQ(sink_->Report().cut, 1u);
}

}  // namespace
}  // namespace s390log
