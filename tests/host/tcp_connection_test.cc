// SPDX-License-Identifier: MIT
// A sink on a TCP connection.
#include "logd/tcp_connection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "logd/syslog_sink.h"
#include "tests/host/fake_channel.h"
#include "tests/host/pump.h"
#include "tests/host/test_events.h"
#include "tests/host/test_server.h"

namespace s390log {
namespace {

class TcpConnectionTest : public testing::Test {
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
  SyslogSink sink_{std::make_unique<TcpConnection>("127.0.0.1", server_.Port()), {}};
  Backlog backlog_{1000000};
};

TEST_F(TcpConnectionTest, NobodyThereIsReportedWithTheReason) {
  Append(1);
  EXPECT_TRUE(PumpUntil([&] { return !sink_.Report().reason.empty() && !sink_.Report().up; }));
  Turn(sink_, backlog_, 5);
  EXPECT_NE(sink_.Report().reason.find("Connection refused"), std::string::npos);
}

TEST_F(TcpConnectionTest, NameThatDoesNotExistIsReportedAndBlocksNobody) {
  SyslogSink sink(std::make_unique<TcpConnection>("no-such-host.invalid", 514), {});
  const Clock::time_point begin = Clock::now();
  sink.Follow(backlog_, begin);
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(1));
  EXPECT_FALSE(sink.Report().up);
}

TEST_F(TcpConnectionTest, ResetConnectionRepeatsWhatMayNotHaveArrived) {
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

TEST_F(TcpConnectionTest, UnreadMessagesOfAClosedConnectionComeAgain) {
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

// The server's program may have died with what it had read last.
TEST_F(TcpConnectionTest, ConnectionClosedInOrderRepeatsTheLastSecondsOnly) {
  server_.Listen();
  Append(10);
  EXPECT_TRUE(PumpUntilAllDifferent(10));
  EXPECT_TRUE(PumpUntil([&] { return sink_.Flushed(); }));
  server_.Close();
  EXPECT_TRUE(PumpUntil([&] { return server_.Messages().size() == 20; }));
  EXPECT_EQ(server_.Connections(), 2);
  EXPECT_EQ(sink_.Report().repeated, 10u);
}

TEST_F(TcpConnectionTest, HalfClosedConnectionIsMadeAnew) {
  server_.Listen();
  Append(5);
  EXPECT_TRUE(PumpUntilAllDifferent(5));
  EXPECT_TRUE(PumpUntil([&] { return sink_.Flushed(); }));
  server_.HalfClose();
  EXPECT_TRUE(PumpUntil([&] { return server_.Connections() == 2; }));
  Append(5);
  EXPECT_TRUE(PumpUntilAllDifferent(10));
}

TEST_F(TcpConnectionTest, EndIsConfirmedByAServerThatHasReadEverything) {
  server_.Listen();
  Append(5);
  EXPECT_TRUE(PumpUntil([&] { return sink_.Taken() == 5; }));
  EXPECT_EQ(sink_.Safe(), 0u);
  std::thread other([&] {
    while (server_.Connections() == 0 || server_.Connected()) server_.Serve();
  });
  sink_.Finish(Clock::now() + std::chrono::seconds(10));
  other.join();
  EXPECT_EQ(sink_.Safe(), 5u);
  EXPECT_EQ(Different().size(), 5u);
}

TEST_F(TcpConnectionTest, ServerThatReadsNothingMoreConfirmsNothing) {
  server_.Listen();
  Append(5);
  EXPECT_TRUE(PumpUntil([&] { return sink_.Taken() == 5; }));
  sink_.Finish(Clock::now() + std::chrono::milliseconds(50));
  EXPECT_EQ(sink_.Safe(), 0u);
}

TEST_F(TcpConnectionTest, ServerThatDoesNotReadStopsTheSinkWithoutBlockingIt) {
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

TEST_F(TcpConnectionTest, MessageCutByTheEndOfAConnectionComesWhole) {
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

TEST_F(TcpConnectionTest, ServerThatComesBackLaterGetsEverything) {
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
