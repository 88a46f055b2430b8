// SPDX-License-Identifier: MIT
// What logd/sink.h promises, for every sink.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "logd/json_sink.h"
#include "logd/syslog_tcp_sink.h"
#include "tests/host/fake_channel.h"
#include "tests/host/fake_sink.h"
#include "tests/host/pump.h"
#include "tests/host/temp_dir.h"
#include "tests/host/test_events.h"
#include "tests/host/test_server.h"

namespace s390log {
namespace {

// A sink with its other end, which is down at first.
class SinkBench {
 public:
  virtual ~SinkBench() = default;
  virtual Sink& GetSink() = 0;
  virtual void Mend() = 0;
  virtual void Beside() {}
  virtual std::vector<uint64_t> Received() = 0;
};

class FakeBench : public SinkBench {
 public:
  FakeBench() { sink_.SetUp(false); }
  Sink& GetSink() override { return sink_; }
  void Mend() override { sink_.SetUp(true); }
  std::vector<uint64_t> Received() override { return sink_.Received(); }

 private:
  FakeSink sink_;
};

std::vector<uint64_t> SequencesOf(const std::string& lines) {
  std::vector<uint64_t> sequences;
  std::istringstream stream(lines);
  std::string line;
  while (std::getline(stream, line)) {
    sequences.push_back(nlohmann::json::parse(line).at("sequence").get<uint64_t>());
  }
  return sequences;
}

// A pipe that is full, and later is read.
class JsonPipeBench : public SinkBench {
 public:
  JsonPipeBench() {
    ::mkfifo(dir_.File("fifo").c_str(), 0600);
    reader_.Reset(::open(dir_.File("fifo").c_str(), O_RDWR | O_NONBLOCK));
    const std::string filler(4096, ' ');
    while (::write(reader_.Get(), filler.data(), filler.size()) > 0) {
    }
    sink_ = std::make_unique<JsonSink>(dir_.File("fifo"));
  }
  Sink& GetSink() override { return *sink_; }
  void Mend() override { reading_ = true; }
  void Beside() override {
    std::array<char, 4096> bytes;
    ssize_t count = 0;
    while (reading_ && (count = ::read(reader_.Get(), bytes.data(), bytes.size())) > 0) {
      received_.append(bytes.data(), static_cast<size_t>(count));
    }
  }
  std::vector<uint64_t> Received() override {
    const size_t begin = received_.find('{');
    return begin == std::string::npos ? std::vector<uint64_t>()
                                      : SequencesOf(received_.substr(begin));
  }

 private:
  TempDir dir_;
  UniqueFd reader_;
  bool reading_ = false;
  std::string received_;
  std::unique_ptr<JsonSink> sink_;
};

class SyslogTcpBench : public SinkBench {
 public:
  SyslogTcpBench() : sink_("127.0.0.1", server_.Port(), {}) {}
  Sink& GetSink() override { return sink_; }
  void Mend() override { server_.Listen(); }
  void Beside() override { server_.Serve(); }
  std::vector<uint64_t> Received() override { return server_.Sequences(); }

 private:
  TestServer server_;
  SyslogTcpSink sink_;
};

using MakeBench = std::unique_ptr<SinkBench> (*)();
template <typename Bench>
std::unique_ptr<SinkBench> Make() {
  return std::make_unique<Bench>();
}

class SinkContract : public testing::TestWithParam<MakeBench> {
 protected:
  void Append(uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) backlog_.Append(TextEvent(backlog_.End() + 1));
  }
  bool PumpUntilTaken(uint64_t index) {
    return Pump(
        sink_, backlog_, [&] { return sink_.Taken() >= index; }, [&] { bench_->Beside(); });
  }
  bool PumpUntilReceived(size_t count) {
    return Pump(
        sink_, backlog_, [&] { return bench_->Received().size() >= count && sink_.Flushed(); },
        [&] { bench_->Beside(); });
  }
  void ExpectAllInOrder(uint64_t count) {
    const std::vector<uint64_t> received = bench_->Received();
    ASSERT_EQ(received.size(), count);
    for (uint64_t i = 0; i < count; ++i) ASSERT_EQ(received[i], i + 1);
  }

  std::unique_ptr<SinkBench> bench_ = GetParam()();
  Sink& sink_ = bench_->GetSink();
  Backlog backlog_{100000};
};

TEST_P(SinkContract, DownItTakesNothingAndNeitherBlocksNorThrows) {
  Append(3);
  Turn(sink_, backlog_, 20);
  EXPECT_EQ(sink_.Taken(), 0u);
  EXPECT_TRUE(bench_->Received().empty());
}

TEST_P(SinkContract, WhatCameWhileItWasDownArrivesInOrder) {
  Append(500);
  Turn(sink_, backlog_, 5);
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
  Turn(sink_, backlog_, 3);
  EXPECT_EQ(sink_.Taken(), 2u);
  EXPECT_EQ(sink_.Report().taken, 2u);
}

TEST_P(SinkContract, TakenEntriesMayBeTrimmed) {
  bench_->Mend();
  for (uint64_t round = 1; round <= 20; ++round) {
    Append(50);
    ASSERT_TRUE(PumpUntilTaken(round * 50));
    backlog_.TrimTo(sink_.Taken());
  }
  EXPECT_TRUE(PumpUntilReceived(1000));
  ExpectAllInOrder(1000);
}

TEST_P(SinkContract, WithNothingToDoItWaitsForNoTimeAndNotForRoom) {
  bench_->Mend();
  Append(1);
  EXPECT_TRUE(PumpUntilTaken(1));
  const Wait wait = sink_.GetWait(backlog_);
  EXPECT_FALSE(wait.deadline);
  EXPECT_EQ(wait.events & POLLOUT, 0);
  EXPECT_TRUE(sink_.Report().up);
}

TEST_P(SinkContract, TakenNeverFalls) {
  Append(300);
  bench_->Mend();
  uint64_t before = 0;
  EXPECT_TRUE(Pump(
      sink_, backlog_,
      [&] {
        EXPECT_GE(sink_.Taken(), before);
        before = sink_.Taken();
        return before == 300;
      },
      [&] { bench_->Beside(); }));
}

INSTANTIATE_TEST_SUITE_P(Fake, SinkContract, testing::Values(&Make<FakeBench>));
INSTANTIATE_TEST_SUITE_P(JsonPipe, SinkContract, testing::Values(&Make<JsonPipeBench>));
INSTANTIATE_TEST_SUITE_P(SyslogTcp, SinkContract, testing::Values(&Make<SyslogTcpBench>));

}  // namespace
}  // namespace s390log
