// SPDX-License-Identifier: MIT
#include "logd/selected_sink.h"

#include <gtest/gtest.h>

#include "tests/host/fake_channel.h"
#include "tests/host/fake_sink.h"
#include "tests/host/test_events.h"

namespace s390log {
namespace {

constexpr uint64_t kMs = 1'000'000;
constexpr uint64_t kSecond = 1000 * kMs;

// Keeps the events themselves. Can be told to take so many only.
class KeepingSink : public FakeSink {
 public:
  explicit KeepingSink(std::vector<Event>& events) : events_(events) {}
  void Follow(const Backlog& backlog, Clock::time_point /*now*/) override {
    for (; Up() && taken_ < std::min(backlog.End(), may_take); ++taken_) {
      events_.push_back(backlog.Find(taken_).value().event);
    }
  }
  uint64_t Taken() const override { return taken_; }
  Wait GetWait(const Backlog& /*backlog*/) const override { return {}; }
  uint64_t Safe() const override { return confirmed_ ? taken_ : 0; }
  void Finish(Clock::time_point /*deadline*/) override { confirmed_ = true; }
  SinkReport Report() const override { return {"keeping", Up(), "", taken_}; }

  void SetConfirmed(bool confirmed) { confirmed_ = confirmed; }
  uint64_t may_take = UINT64_MAX;

 private:
  std::vector<Event>& events_;
  uint64_t taken_ = 0;
  bool confirmed_ = true;
};

// What an entry is: 3 is event 3, "5-9:4" a notice of four that were suppressed.
std::string Short(const Event& event) {
  if (event.match != Match::kGap) return std::to_string(event.first.Value());
  return std::to_string(event.first.Value()) + "-" + std::to_string(event.last.Value()) + ":" +
         std::to_string(event.Count());
}

class SelectedSinkTest : public testing::Test {
 protected:
  void Make(const SelectionConfig& config) {
    auto keeping = std::make_unique<KeepingSink>(events_);
    keeping_ = keeping.get();
    sink_.emplace(std::move(keeping), config, [this] { return now_ns_; });
  }
  // Texts so long after kTestTime, from the present number on.
  void Append(uint64_t count, uint64_t after_ns = 0) {
    for (uint64_t i = 0; i < count; ++i) {
      Event event = TextEvent(backlog_.End() + 1);
      event.time_ns = kTestTime + after_ns;
      backlog_.Append(event);
    }
  }
  void Follow() { sink_->Follow(backlog_, Clock::now()); }
  std::string Received() {
    std::string all;
    for (const Event& event : events_) all += (all.empty() ? "" : " ") + Short(event);
    return all;
  }

  uint64_t now_ns_ = kTestTime;
  Backlog backlog_{100'000, TestBootId().ToString(), 0, nullptr};
  std::vector<Event> events_;
  KeepingSink* keeping_ = nullptr;
  std::optional<SelectedSink> sink_;
};

TEST_F(SelectedSinkTest, WhatIsNotWantedIsCountedAndTaken) {
  Make({.events = {"TAP*"}});
  Append(2);
  backlog_.Append(TapeEvent(3));
  Append(1);
  Follow();
  EXPECT_EQ(Received(), "3");
  EXPECT_EQ(sink_->Taken(), 4u);
  EXPECT_EQ(sink_->Safe(), 4u);
  EXPECT_EQ(sink_->Report().filtered, 3u);
  EXPECT_EQ(sink_->Report().taken, 1u);
  EXPECT_TRUE(sink_->Flushed());
}

TEST_F(SelectedSinkTest, SuppressedEventsAreToldOfBeforeTheNextThatPasses) {
  Make({.max_per_second = 2});
  Append(5);
  Append(1, kSecond);
  Follow();
  EXPECT_EQ(Received(), "1 2 3-5:3 6");
  EXPECT_EQ(sink_->Report().limited, 3u);
  EXPECT_EQ(events_.at(2).time_ns, kTestTime);
}

TEST_F(SelectedSinkTest, SuppressedEventsAreToldOfThoughNoOtherCome) {
  Make({.max_per_second = 2});
  Append(5);
  Follow();
  EXPECT_EQ(Received(), "1 2");
  EXPECT_FALSE(sink_->Flushed());
  EXPECT_EQ(sink_->Taken(), 5u);
  const auto deadline = sink_->GetWait(backlog_).deadline.value();
  EXPECT_GT(deadline, Clock::now() + std::chrono::milliseconds(900));
  EXPECT_LE(deadline, Clock::now() + std::chrono::seconds(1));
  now_ns_ += kSecond - 1;
  Follow();
  EXPECT_EQ(Received(), "1 2");
  now_ns_ += 1;
  Follow();
  EXPECT_EQ(Received(), "1 2 3-5:3");
  EXPECT_TRUE(sink_->Flushed());
  EXPECT_FALSE(sink_->GetWait(backlog_).deadline);
}

// Whoever is killed before the notice is out begins with the first that it would have told of.
TEST_F(SelectedSinkTest, UntilTheyAreToldOfSuppressedEventsAreNotSafe) {
  Make({.max_per_second = 2});
  Append(5);
  Follow();
  EXPECT_EQ(sink_->Safe(), 2u);
  keeping_->SetUp(false);
  now_ns_ += kSecond;
  Follow();
  EXPECT_EQ(sink_->Safe(), 2u);
  EXPECT_EQ(sink_->Taken(), 5u);  // never falls
  keeping_->SetUp(true);
  Follow();
  EXPECT_EQ(sink_->Safe(), 5u);
}

TEST_F(SelectedSinkTest, AtTheEndTheyAreToldOfAtOnce) {
  Make({.max_per_second = 2});
  Append(5);
  Follow();
  sink_->Conclude();
  Follow();
  EXPECT_EQ(Received(), "1 2 3-5:3");
  EXPECT_TRUE(sink_->Flushed());
}

TEST_F(SelectedSinkTest, GapPassesWhateverTheLimitIs) {
  Make({.max_per_second = 1});
  Append(3);
  backlog_.Append(GapEvent(4, 9));
  Follow();
  EXPECT_EQ(Received(), "1 4-9:6");
}

TEST_F(SelectedSinkTest, OnlyWhatIsWantedCountsAgainstTheLimit) {
  Make({.severity = 4, .max_per_second = 1});
  Append(10);
  for (int i = 0; i < 3; ++i) {
    backlog_.Append(TapeErrorEvent(backlog_.End() + 1));
    Append(1);
  }
  Append(5, kSecond);
  sink_->Conclude();
  Follow();
  EXPECT_EQ(Received(), "11 13-15:2");
  EXPECT_EQ(sink_->Report().filtered, 18u);
}

TEST_F(SelectedSinkTest, SinkThatIsBehindGetsWhatItWouldHaveGot) {
  const SelectionConfig config{.max_per_second = 3, .burst = 10};
  const auto fill = [&] {
    for (uint64_t tenth = 0; tenth < 50; ++tenth) Append(7, tenth * 100 * kMs);
  };
  Make(config);
  keeping_->SetUp(false);
  fill();
  for (int i = 0; i < 10; ++i) Follow();
  keeping_->SetUp(true);
  Follow();
  const std::string behind = Received();
  events_.clear();
  Make(config);
  for (uint64_t tenth = 0; tenth < 50; ++tenth) Follow();
  EXPECT_EQ(Received(), behind);
  EXPECT_NE(behind.find(':'), std::string::npos);
}

TEST_F(SelectedSinkTest, SafeIsWhereTheSinkBehindItIs) {
  Make({.events = {"TAP*"}});
  for (uint64_t i = 1; i <= 100; ++i) {
    backlog_.Append(i % 10 == 0 ? TapeEvent(i) : TextEvent(i));
  }
  keeping_->may_take = 3;
  Follow();
  EXPECT_EQ(Received(), "10 20 30");
  EXPECT_EQ(sink_->Taken(), 39u);
  EXPECT_EQ(sink_->Safe(), 39u);
  keeping_->may_take = UINT64_MAX;
  Follow();
  EXPECT_EQ(sink_->Taken(), 100u);
}

TEST_F(SelectedSinkTest, EndThatIsConfirmedMakesAllSafe) {
  Make({.severity = 6});
  keeping_->SetConfirmed(false);
  Append(3);
  Follow();
  EXPECT_EQ(sink_->Taken(), 3u);
  EXPECT_EQ(sink_->Safe(), 0u);
  sink_->Finish(Clock::now());
  EXPECT_EQ(sink_->Safe(), 3u);
}

TEST_F(SelectedSinkTest, FewWaitForASinkThatIsDown) {
  Make({.severity = 6});
  keeping_->SetUp(false);
  Append(10 * SelectedSink::kMaxWaiting);
  for (int i = 0; i < 20; ++i) Follow();
  EXPECT_EQ(sink_->Taken(), 0u);
  EXPECT_FALSE(sink_->GetWait(backlog_).deadline);  // it does not spin
  keeping_->SetUp(true);
  for (int i = 0; i < 20; ++i) Follow();
  EXPECT_EQ(events_.size(), 10 * SelectedSink::kMaxWaiting);
}

TEST_F(SelectedSinkTest, ManyThatAreNotWantedDoNotHoldUpTheOthers) {
  Make({.severity = 3});
  Append(3 * SelectedSink::kMaxLooks);
  Follow();
  EXPECT_LT(sink_->Taken(), backlog_.End());
  EXPECT_EQ(sink_->GetWait(backlog_).deadline, Clock::time_point::min());
  for (int i = 0; i < 3; ++i) Follow();
  EXPECT_EQ(sink_->Taken(), backlog_.End());
}

// Entries of an earlier boot, which only the store still has.
class TwoBoots : public History {
 public:
  std::optional<Entry> Find(uint64_t index) override {
    if (index == 0) return std::nullopt;
    event_ = TextEvent(index);
    return Entry{event_, before_};
  }

 private:
  Event event_;
  std::string before_ = "before";
};

TEST_F(SelectedSinkTest, NoticeNeverSpansTwoBootsAndWhatExpiredIsCounted) {
  TwoBoots history;
  Backlog backlog(100, TestBootId().ToString(), 5, &history);
  for (uint64_t i = 1; i <= 3; ++i) backlog.Append(TextEvent(i));
  Make({.max_per_second = 1});
  sink_->StartAt(0);
  sink_->Conclude();
  sink_->Follow(backlog, Clock::now());
  EXPECT_EQ(Received(), "1 2-4:3 1-3:3");
  EXPECT_EQ(sink_->Report().expired, 1u);
  EXPECT_EQ(sink_->Safe(), 8u);
}

}  // namespace
}  // namespace s390log
