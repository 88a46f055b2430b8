// SPDX-License-Identifier: MIT
#include "logd/syslog_tcp_sink.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/host/fake_channel.h"
#include "tests/host/pump.h"
#include "tests/host/test_events.h"
#include "tests/host/test_server.h"

namespace s390log {
namespace {

class SyslogTcpSinkTest : public testing::Test {
 protected:
  void Append(uint64_t count, const std::string& text = "a text") {
    for (uint64_t i = 0; i < count; ++i) backlog_.Append(TextEvent(backlog_.End() + 1, text));
  }
  bool PumpUntil(const std::function<bool()>& done) {
    return Pump(sink_, backlog_, done, [this] { server_.Serve(); });
  }
  bool PumpUntilAllDifferent(size_t count) {
    return PumpUntil([&] { return Different().size() >= count; });
  }
  std::set<uint64_t> Different() const {
    const auto sequences = server_.Sequences();
    return {sequences.begin(), sequences.end()};
  }

  TestServer server_;
  SyslogTcpSink sink_{"127.0.0.1", server_.Port(), {}};
  Backlog backlog_{1000000};
};

TEST_F(SyslogTcpSinkTest, NobodyThereIsReportedWithTheReason) {
  Append(1);
  EXPECT_TRUE(PumpUntil([&] { return !sink_.Report().reason.empty() && !sink_.Report().up; }));
  Turn(sink_, backlog_, 5);
  EXPECT_NE(sink_.Report().reason.find("Connection refused"), std::string::npos);
}

TEST_F(SyslogTcpSinkTest, NameThatDoesNotExistIsReportedAndBlocksNobody) {
  SyslogTcpSink sink("no-such-host.invalid", 514, {});
  const Clock::time_point begin = Clock::now();
  sink.Follow(backlog_, begin);
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(1));
  EXPECT_FALSE(sink.Report().up);
}

TEST_F(SyslogTcpSinkTest, ResetConnectionRepeatsWhatMayNotHaveArrived) {
  server_.Listen();
  Append(10);
  EXPECT_TRUE(PumpUntilAllDifferent(10));
  server_.Reset();
  Append(10);
  EXPECT_TRUE(PumpUntilAllDifferent(20));
  EXPECT_EQ(server_.Connections(), 2);
  EXPECT_GE(sink_.Report().repeated, 10u);
  EXPECT_FALSE(server_.Broken());
  EXPECT_EQ(sink_.Taken(), 20u);
}

TEST_F(SyslogTcpSinkTest, UnreadMessagesOfAClosedConnectionComeAgain) {
  server_.Listen();
  Append(1);
  EXPECT_TRUE(PumpUntilAllDifferent(1));
  server_.SetReading(false);
  Append(50);
  EXPECT_TRUE(PumpUntil([&] { return sink_.Taken() == 51; }));
  EXPECT_TRUE(PumpUntil([&] { return sink_.Flushed(); }));
  server_.Close();  // with 50 messages unread
  server_.SetReading(true);
  EXPECT_TRUE(PumpUntilAllDifferent(51));
}

TEST_F(SyslogTcpSinkTest, ConnectionClosedInOrderRepeatsNothing) {
  server_.Listen();
  Append(10);
  EXPECT_TRUE(PumpUntilAllDifferent(10));
  EXPECT_TRUE(PumpUntil([&] { return sink_.Flushed(); }));
  server_.Close();
  EXPECT_TRUE(PumpUntil([&] { return server_.Connections() == 2; }));
  Append(10);
  EXPECT_TRUE(PumpUntilAllDifferent(20));
  EXPECT_EQ(server_.Messages().size(), 20u);
  EXPECT_EQ(sink_.Report().repeated, 0u);
}

TEST_F(SyslogTcpSinkTest, HalfClosedConnectionIsMadeAnew) {
  server_.Listen();
  Append(5);
  EXPECT_TRUE(PumpUntilAllDifferent(5));
  EXPECT_TRUE(PumpUntil([&] { return sink_.Flushed(); }));
  server_.HalfClose();
  EXPECT_TRUE(PumpUntil([&] { return server_.Connections() == 2; }));
  Append(5);
  EXPECT_TRUE(PumpUntilAllDifferent(10));
  EXPECT_EQ(server_.Messages().size(), 10u);
}

TEST_F(SyslogTcpSinkTest, ServerThatDoesNotReadStopsTheSinkWithoutBlockingIt) {
  server_.Listen();
  server_.SetReading(false);
  Append(200000, std::string(200, 'x'));
  Turn(sink_, backlog_, 50);
  const uint64_t stuck = sink_.Taken();
  EXPECT_LT(stuck, 200000u);
  Turn(sink_, backlog_, 10);
  EXPECT_LT(sink_.Taken(), 200000u);
  EXPECT_NE(sink_.GetWait(backlog_).events & POLLOUT, 0);
}

TEST_F(SyslogTcpSinkTest, MessageCutByTheEndOfAConnectionComesWhole) {
  server_.Listen();
  server_.SetReading(false);
  Append(20000, std::string(500, 'x'));
  EXPECT_TRUE(PumpUntil([&] { return server_.Connected() && sink_.Taken() > 100; }));
  Turn(sink_, backlog_, 20);  // now the socket is full, most likely within a message
  server_.Close();
  server_.SetReading(true);
  EXPECT_TRUE(PumpUntilAllDifferent(20000));
  EXPECT_FALSE(server_.Broken());
}

TEST_F(SyslogTcpSinkTest, ServerThatComesBackLaterGetsEverything) {
  server_.Listen();
  Append(5);
  EXPECT_TRUE(PumpUntilAllDifferent(5));
  server_.StopListening();
  server_.Reset();
  Append(5);
  Turn(sink_, backlog_, 20);
  EXPECT_FALSE(sink_.Report().up);
  server_.Listen();
  EXPECT_TRUE(PumpUntilAllDifferent(10));
}

}  // namespace
}  // namespace s390log
