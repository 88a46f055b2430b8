// SPDX-License-Identifier: MIT
// A logd that ends and starts again, with a store and a syslog server: from its cursor on.
#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <atomic>
#include <memory>
#include <set>
#include <thread>

#include "logd/daemon.h"
#include "logd/syslog_sink.h"
#include "logd/tcp_connection.h"
#include "tests/host/fake_channel.h"
#include "tests/host/fake_notice_queue.h"
#include "tests/host/temp_dir.h"
#include "tests/host/test_server.h"

namespace s390log {
namespace {

using Numbers = std::vector<uint64_t>;

class SyslogRestart : public testing::Test {
 protected:
  SyslogRestart() {
    channel_.SetNotify(
        [this](uint32_t event, SequenceNumber sequence) { notices_.Post(event, sequence); });
    const uint64_t one = 1;
    EXPECT_EQ(::write(stop_.Get(), &one, sizeof(one)), 8);  // each daemon drains, and ends
    server_.Listen();
  }

  void Emit(int count) {
    for (int i = 0; i < count; ++i) channel_.EmitText(0, "x");
  }

  // One life of logd, beside a server that reads, or does not.
  void Live(bool reading = true) {
    std::atomic<bool> ended = false;
    server_.SetReading(reading);
    std::thread other([&] {
      while (!ended || (reading && server_.Connected())) server_.Serve();
    });
    RunDaemon();
    ended = true;
    other.join();
  }

  Numbers UpTo(uint64_t last) const {
    Numbers numbers;
    for (uint64_t i = 1; i <= last; ++i) numbers.push_back(i);
    return numbers;
  }

  TestServer server_;

 private:
  void RunDaemon() {
    Store store(dir_.File("events.db"));
    DaemonParts parts{channel_,
                      notices_,
                      stop_.Get(),
                      dir_.File("socket"),
                      100,
                      std::chrono::seconds(2),
                      [](const std::string&) {}};
    parts.store = &store;
    Daemon daemon(parts);
    auto sink = std::make_unique<SyslogSink>(
        std::make_unique<TcpConnection>("127.0.0.1", server_.Port()), SyslogSinkOptions{});
    // As if logd had run for a while: one that is not up when it shall end is not waited for.
    const Backlog nothing(1);
    const Clock::time_point deadline = Clock::now() + std::chrono::seconds(10);
    while (!sink->Up() && Clock::now() < deadline) sink->Follow(nothing, Clock::now());
    daemon.AddSink(std::move(sink));
    daemon.Run();
  }

  TempDir dir_;
  FakeChannel channel_{2, 4096, 16};
  FakeNoticeQueue notices_{2};
  UniqueFd stop_{::eventfd(0, EFD_NONBLOCK)};
};

TEST_F(SyslogRestart, WhatTheServerHasNotReadIsSentAgain) {
  Live();  // so that there is a cursor
  Emit(3);
  Live(false);
  server_.Reset();
  Emit(2);
  Live();
  EXPECT_EQ(server_.Sequences(), UpTo(5));
}

TEST_F(SyslogRestart, WhatTheServerHasReadIsNotRepeated) {
  Emit(3);
  Live();
  Emit(2);
  Live();
  EXPECT_EQ(server_.Sequences(), UpTo(5));
  EXPECT_EQ(server_.Connections(), 2);
}

}  // namespace
}  // namespace s390log
