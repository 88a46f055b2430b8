// SPDX-License-Identifier: MIT
// Real servers that die, stall and come back, and connections that break in the middle of messages:
// a receiver that drops what it has by boot id and sequence ends with exactly what was emitted.
#include <gtest/gtest.h>
#include <poll.h>

#include <csignal>
#include <functional>
#include <random>
#include <sstream>

#include "logd/syslog_sinks.h"
#include "tests/host/fake_channel.h"
#include "tests/host/syslog_server.h"
#include "tests/host/syslog_way.h"
#include "tests/host/tcp_proxy.h"
#include "tests/host/test_certificates.h"
#include "tests/host/test_events.h"

namespace s390log {
namespace {

using Milliseconds = std::chrono::milliseconds;

class SyslogFault : public testing::TestWithParam<SyslogWay> {
 protected:
  static constexpr int kRounds = 8;
  // Slow enough for a server that does not get the processor for a while.
  static constexpr uint32_t kUdpRate = 500;

  SyslogFault() {
    ::signal(SIGPIPE, SIG_IGN);
    server_.Start();
  }

  bool IsUdp() const { return GetParam().input == ServerInput::kUdp; }
  std::string TextFor(uint64_t number) const {
    return "number " + std::to_string(number) + std::string(padding_ + number % 97, '.') + " end";
  }

  ServerTls MakeTls() {
    if (GetParam().input != ServerInput::kTls) return {};
    certificates_.Make("server", "IP:127.0.0.1");
    return {certificates_.Certificate("ca"), certificates_.Certificate("server"),
            certificates_.Key("server")};
  }

  void MakeSink(uint16_t port) {
    SyslogConfig config;
    config.server = "127.0.0.1";
    config.port = port;
    config.path = server_.Path();
    switch (GetParam().input) {
      case ServerInput::kUdp:
        config.transport = SyslogTransportKind::kUdp;
        config.rate = kUdpRate;
        break;
      case ServerInput::kTcp:
        break;
      case ServerInput::kTcpLineFeeds:
        config.line_feeds = true;
        break;
      case ServerInput::kTls:
        config.transport = SyslogTransportKind::kTls;
        config.ca_file = certificates_.Certificate("ca");
        break;
      case ServerInput::kStream:
      case ServerInput::kDatagram:
        config.transport = SyslogTransportKind::kLocal;
        config.stream = GetParam().input == ServerInput::kStream;
        break;
    }
    sink_ = MakeSyslogSink(config);
  }

  void Append(uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) {
      const uint64_t number = backlog_.End() + 1;
      backlog_.Append(TextEvent(number, TextFor(number)));
    }
  }

  // Drives the sink as the daemon does, for a time or until `done`. No turn may take long: a sink
  // that blocks holds up everything.
  bool Drive(
      Milliseconds time, const std::function<bool()>& done = [] { return false; }) {
    const Clock::time_point deadline = Clock::now() + time;
    while (!done()) {
      const Clock::time_point now = Clock::now();
      if (now >= deadline) return false;
      sink_->Follow(backlog_, now);
      longest_turn_ = std::max(longest_turn_, Clock::now() - now);
      if (proxy_) proxy_->Serve();
      const Wait wait = sink_->GetWait(backlog_);
      pollfd poll_fd{wait.fd, wait.events, 0};
      ::poll(&poll_fd, wait.fd >= 0 ? 1 : 0, 1);
    }
    return true;
  }

  void Read() {
    for (const ServerRecord& record : server_.TakeRecords()) {
      const auto data = record.data.find("s390log@32473");
      if (data == record.data.end() || !data->second.contains("sequence")) {
        ++torn_;
        continue;
      }
      ASSERT_EQ(data->second.at("bootId"), TestBootId().ToString());
      const uint64_t number = std::stoull(data->second.at("sequence"));
      if (record.text != TextFor(number)) {
        ++torn_;
      } else {
        ++copies_[number];
      }
    }
  }

  void ExpectExactlyWhatWasEmitted() {
    const bool complete = Drive(std::chrono::seconds(60), [this] {
      Read();
      return copies_.size() >= backlog_.End();
    });
    EXPECT_TRUE(complete) << sink_->Report().reason << ", missing "
                          << backlog_.End() - copies_.size() << " of " << backlog_.End();
    EXPECT_EQ(copies_.begin()->first, 1u);
    EXPECT_EQ(copies_.rbegin()->first, backlog_.End());
    EXPECT_EQ(copies_.size(), backlog_.End());
    // Only line feeds cannot tell the end of a connection from that of a message.
    const bool lines =
        GetParam().input == ServerInput::kTcpLineFeeds || GetParam().input == ServerInput::kStream;
    if (!lines) {
      EXPECT_EQ(torn_, 0u);
    }
    EXPECT_LT(longest_turn_, std::chrono::seconds(2));
    RecordProperty("repeated", std::to_string(sink_->Report().repeated));
    RecordProperty("torn", std::to_string(torn_));
  }

  Milliseconds Random(int most) {
    return Milliseconds(std::uniform_int_distribution<int>(0, most)(random_));
  }

  unsigned seed_ = std::random_device()();
  testing::ScopedTrace trace_{__FILE__, __LINE__, "seed " + std::to_string(seed_)};
  std::mt19937 random_{seed_};
  TestCertificates certificates_;
  SyslogServer server_{GetParam().server, GetParam().input, MakeTls()};
  Backlog backlog_{1'000'000, TestBootId().ToString(), 0, nullptr};
  std::optional<TcpProxy> proxy_;
  std::unique_ptr<Sink> sink_;
  std::map<uint64_t, uint64_t> copies_;
  uint64_t torn_ = 0;
  size_t padding_ = 0;  // of the texts
  Clock::duration longest_turn_{};
};

TEST_P(SyslogFault, KilledInTheMiddleAndStartedAgainItHasEverything) {
  MakeSink(server_.Port());
  for (int round = 0; round < kRounds; ++round) {
    Append(IsUdp() ? 100 : 2000);
    Drive(Random(150));
    server_.Kill();
    Append(10);
    Drive(Milliseconds(20) + Random(200));
    server_.Start();
  }
  Append(10);
  ExpectExactlyWhatWasEmitted();
}

TEST_P(SyslogFault, StoppedInOrderAndStartedAgainItHasEverything) {
  MakeSink(server_.Port());
  for (int round = 0; round < 4; ++round) {
    Append(IsUdp() ? 100 : 2000);
    Drive(Random(150));
    server_.Stop();
    Append(10);
    Drive(Milliseconds(20) + Random(100));
    server_.Start();
  }
  Append(10);
  ExpectExactlyWhatWasEmitted();
}

TEST_P(SyslogFault, BurstIsNotSentFasterThanTheServerReads) {
  MakeSink(server_.Port());
  Append(IsUdp() ? 1500 : 10'000);
  ExpectExactlyWhatWasEmitted();
  EXPECT_EQ(sink_->Report().repeated, 0u);
}

INSTANTIATE_TEST_SUITE_P(Each, SyslogFault, testing::ValuesIn(AllWays()), NameOfWay);

// Over UDP nothing tells that a server stalls: what comes when its socket is full is lost.
class SyslogStall : public SyslogFault {};

TEST_P(SyslogStall, StalledItIsWaitedForAndNothingIsRepeated) {
  MakeSink(server_.Port());
  padding_ = 1000;
  Append(100);
  Drive(std::chrono::seconds(10), [this] { return sink_->Taken() == 100; });
  server_.Pause();
  Append(12'000);
  Drive(Milliseconds(500));
  EXPECT_LT(sink_->Taken(), 12'100u);
  server_.Continue();
  ExpectExactlyWhatWasEmitted();
  EXPECT_EQ(sink_->Report().repeated, 0u);
}

std::vector<SyslogWay> WaysThatTell() {
  std::vector<SyslogWay> ways;
  for (const SyslogWay& way : AllWays()) {
    if (way.input != ServerInput::kUdp) ways.push_back(way);
  }
  return ways;
}

INSTANTIATE_TEST_SUITE_P(Each, SyslogStall, testing::ValuesIn(WaysThatTell()), NameOfWay);

// Faults of the connection, with a proxy between.
class SyslogConnectionFault : public SyslogFault {
 protected:
  void Harm(const std::function<void()>& harm) {
    proxy_.emplace(server_.Port());
    MakeSink(proxy_->Port());
    for (int round = 0; round < kRounds; ++round) {
      Append(1000);
      EXPECT_TRUE(Drive(std::chrono::seconds(20), [this] { return sink_->Up(); }));
      Drive(Random(50));
      harm();
    }
    Append(10);
    ExpectExactlyWhatWasEmitted();
    EXPECT_GT(sink_->Report().repeated, 0u);
  }
};

TEST_P(SyslogConnectionFault, ResetInTheMiddleItSendsAgain) {
  Harm([this] { proxy_->Reset(); });
}

TEST_P(SyslogConnectionFault, ClosedInTheMiddleItSendsAgain) {
  Harm([this] { proxy_->Close(); });
}

TEST_P(SyslogConnectionFault, HalfClosedItSendsAgain) {
  Harm([this] { proxy_->HalfClose(); });
}

std::vector<SyslogWay> StreamWays() {
  std::vector<SyslogWay> ways;
  for (const SyslogWay& way : AllWays()) {
    const bool stream = way.input == ServerInput::kTcp || way.input == ServerInput::kTls ||
                        way.input == ServerInput::kTcpLineFeeds;
    if (stream) ways.push_back(way);
  }
  return ways;
}

INSTANTIATE_TEST_SUITE_P(Each, SyslogConnectionFault, testing::ValuesIn(StreamWays()), NameOfWay);

}  // namespace
}  // namespace s390log
