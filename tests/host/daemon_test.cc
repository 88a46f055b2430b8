// SPDX-License-Identifier: MIT
#include "logd/daemon.h"

#include <gtest/gtest.h>
#include <linux/s390_log.h>
#include <sys/eventfd.h>

#include <functional>
#include <thread>

#include "logd/control_client.h"
#include "tests/host/fake_channel.h"
#include "tests/host/fake_notice_queue.h"
#include "tests/host/fake_sink.h"
#include "tests/host/temp_dir.h"

namespace s390log {
namespace {

constexpr uint32_t kSubbuf = 4096;

class DaemonTest : public testing::Test {
 protected:
  DaemonTest() {
    channel_.SetNotify(
        [this](uint32_t event, SequenceNumber sequence) { notices_.Post(event, sequence); });
    daemon_.AddSink(std::unique_ptr<Sink>(sink_));
  }

  void RequestStop() {
    const uint64_t one = 1;
    ASSERT_EQ(::write(stop_.Get(), &one, sizeof(one)), 8);
  }

  // Runs the daemon while `beside` is busy in another thread, then stops it.
  void RunBeside(const std::function<void()>& beside) {
    std::thread other([&] {
      beside();
      RequestStop();
    });
    daemon_.Run();
    other.join();
  }

  nlohmann::json Ask(const std::string& request = "stats") {
    return nlohmann::json::parse(AskLogd(path_, request).value());
  }

  TempDir dir_;
  std::string path_ = dir_.File("socket");
  FakeChannel channel_{2, kSubbuf, 2};
  FakeNoticeQueue notices_{2};
  UniqueFd stop_{::eventfd(0, EFD_NONBLOCK)};
  std::vector<std::string> told_;
  FakeSink* sink_ = new FakeSink;
  Daemon daemon_{{channel_, notices_, stop_.Get(), path_, 100, std::chrono::seconds(1),
                  [this](const std::string& what) { told_.push_back(what); }}};
};

// Tells what it was asked to do.
class LastWordsSink : public FakeSink {
 public:
  explicit LastWordsSink(std::string& words) : words_(words) {}
  void Follow(const Backlog& backlog, Clock::time_point now) override {
    words_ += " follow";
    FakeSink::Follow(backlog, now);
  }
  void Conclude() override { words_ += " conclude"; }
  void Finish(Clock::time_point /*deadline*/) override { words_ += " finish"; }

 private:
  std::string& words_;
};

TEST_F(DaemonTest, SinkThatGoesMayFinish) {
  std::string words;
  daemon_.ReplaceSink("fake", std::make_unique<LastWordsSink>(words));
  EXPECT_EQ(words, "");
  daemon_.ReplaceSink("fake", std::make_unique<LastWordsSink>(words));
  EXPECT_EQ(words, " conclude follow finish");
  daemon_.RemoveSink("fake");
  EXPECT_EQ(words, " conclude follow finish conclude follow finish");
}

TEST_F(DaemonTest, SinkThatStaysDownKeepsEventsInTheKernelAndEndsInTime) {
  sink_->SetUp(false);
  for (int i = 0; i < 5; ++i) channel_.EmitText(0, std::string(976, 'x'));
  RequestStop();
  daemon_.Run();
  const Stats stats = daemon_.GetStats();
  EXPECT_EQ(stats.taken.Delivered(), 0u);
  EXPECT_EQ(stats.buffered, 5u);
  EXPECT_TRUE(stats.Balanced());
  EXPECT_EQ(channel_.Consumed(0), 0u);
}

TEST_F(DaemonTest, OperatorIsToldOnceThatASinkIsDownAndOnceThatItIsUp) {
  sink_->SetUp(false);
  RunBeside([&] {
    for (int i = 0; i < 5; ++i) Ask();
    sink_->SetUp(true);
    while (Ask().at("sinks").at(0).at("up") != true) std::this_thread::yield();
    Ask();
  });
  EXPECT_EQ(told_, (std::vector<std::string>{"fake is down: told so", "fake is up"}));
}

TEST_F(DaemonTest, StopDrainsFirst) {
  for (int i = 0; i < 5; ++i) channel_.EmitText(i % 2, "x");
  RequestStop();
  daemon_.Run();
  EXPECT_EQ(sink_->Received(), (std::vector<uint64_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(BalanceLine(daemon_.GetStats()), "emitted 5, delivered 5, lost 0");
  EXPECT_EQ(channel_.Taken(), SequenceNumber(5));
}

TEST_F(DaemonTest, FullBacklogPausesAndLosesNothing) {
  sink_->SetUp(false);
  for (int i = 0; i < 150; ++i) channel_.EmitText(0, "x");
  RunBeside([&] {
    while (Ask().at("sinks").at(0).at("undelivered") != 100) std::this_thread::yield();
    EXPECT_EQ(Ask().at("buffered"), 150);
    sink_->SetUp(true);  // races harmlessly: the daemon asks again and again
    while (Ask().at("delivered") != 150) std::this_thread::yield();
  });
  EXPECT_EQ(sink_->Received().size(), 150u);
  EXPECT_TRUE(daemon_.GetStats().Balanced());
}

TEST_F(DaemonTest, OverflowBehindADownSinkIsAnExactGap) {
  sink_->SetUp(false);
  for (int i = 0; i < 12; ++i) channel_.EmitText(0, std::string(976, 'x'));
  sink_->SetUp(true);
  RequestStop();
  daemon_.Run();
  const Stats stats = daemon_.GetStats();
  EXPECT_EQ(stats.taken.Delivered() + stats.taken.lost, 12u);
  EXPECT_EQ(stats.taken.payload_lost + stats.taken.lost, channel_.Dropped(0).size());
  EXPECT_TRUE(stats.Balanced());
}

TEST_F(DaemonTest, UnknownRequestIsAnswered) {
  RunBeside(
      [&] { EXPECT_NE(AskLogd(path_, "hello")->find("unknown request"), std::string::npos); });
}

TEST_F(DaemonTest, ModeChangesOnRequestAndNothingElseDoes) {
  RunBeside([&] {
    EXPECT_EQ(Ask("mode sideways").at("error"), "the mode is overwrite or no-overwrite");
    EXPECT_EQ(Ask("mode overwrite").at("mode"), "overwrite");
    EXPECT_EQ(Ask().at("channel").at("mode"), "overwrite");
    EXPECT_EQ(Ask("mode no-overwrite").at("mode"), "no-overwrite");
  });
  EXPECT_EQ(channel_.Mode(), ChannelMode::kNoOverwrite);
}

TEST_F(DaemonTest, EventsArriveWhileItRunsAndTheBooksBalanceAtAnyMoment) {
  RunBeside([&] {
    for (int i = 0; i < 200; ++i) {
      channel_.EmitText(0, "x");
      EXPECT_EQ(Ask().at("balanced"), true);
    }
    while (Ask().at("delivered") != 200) std::this_thread::yield();
  });
  EXPECT_EQ(sink_->Received().size(), 200u);
}

TEST_F(DaemonTest, SecondDaemonAfterACleanEndRepeatsNothing) {
  for (int i = 0; i < 5; ++i) channel_.EmitText(0, "x");
  RequestStop();
  daemon_.Run();
  channel_.EmitText(1, "y");
  auto* sink = new FakeSink;
  Daemon second({channel_, notices_, stop_.Get(), dir_.File("other"), 100, std::chrono::seconds(1),
                 [](const std::string&) {}});
  second.AddSink(std::unique_ptr<Sink>(sink));
  second.Run();
  EXPECT_EQ(sink->Received(), (std::vector<uint64_t>{6}));
  EXPECT_EQ(BalanceLine(second.GetStats()), "emitted 6, delivered 1, lost 0, before 5");
}

}  // namespace
}  // namespace s390log
