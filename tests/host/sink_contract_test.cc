// SPDX-License-Identifier: MIT
// What logd/sink.h promises, for every sink: each is run as it is, and behind a SelectedSink.
//
// Another sink is one class (a SinkBench) and one line at the end of this file.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <tuple>

#include "logd/journal_sink.h"
#include "logd/json_sink.h"
#include "logd/local_transport.h"
#include "logd/selected_sink.h"
#include "logd/syslog_sink.h"
#include "logd/tcp_connection.h"
#include "logd/udp_transport.h"
#include "logd/unix_address.h"
#include "tests/host/fake_channel.h"
#include "tests/host/fake_sink.h"
#include "tests/host/file_size_limit.h"
#include "tests/host/journal_server.h"
#include "tests/host/pump.h"
#include "tests/host/temp_dir.h"
#include "tests/host/test_events.h"
#include "tests/host/test_server.h"

namespace s390log {
namespace {

// A sink's other end, which is down at first.
class SinkBench {
 public:
  virtual ~SinkBench() = default;
  // One that sends there. The one before is gone by then, as after a restart of logd.
  virtual std::unique_ptr<Sink> NewSink() = 0;
  virtual void Mend() = 0;
  virtual void Break() = 0;
  virtual void Beside() {}
  // All that has come so far. What may be repeated by the contract, is.
  virtual std::vector<uint64_t> Received() = 0;
};

// A sink that outlives what the contract sees of it.
class Borrowed : public Sink {
 public:
  explicit Borrowed(Sink& sink) : sink_(sink) {}
  void StartAt(uint64_t index) override { sink_.StartAt(index); }
  void Follow(const Backlog& backlog, Clock::time_point now) override {
    sink_.Follow(backlog, now);
  }
  uint64_t Taken() const override { return sink_.Taken(); }
  bool Flushed() const override { return sink_.Flushed(); }
  bool Up() const override { return sink_.Up(); }
  Wait GetWait(const Backlog& backlog) const override { return sink_.GetWait(backlog); }
  SinkReport Report() const override { return sink_.Report(); }

 private:
  Sink& sink_;
};

class FakeBench : public SinkBench {
 public:
  FakeBench() { sink_.SetUp(false); }
  std::unique_ptr<Sink> NewSink() override { return std::make_unique<Borrowed>(sink_); }
  void Mend() override { sink_.SetUp(true); }
  void Break() override { sink_.SetUp(false); }
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
  }
  std::unique_ptr<Sink> NewSink() override { return std::make_unique<JsonSink>(dir_.File("fifo")); }
  void Mend() override { reading_ = true; }
  void Break() override { reading_ = false; }
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
};

// A file whose folder is not there at first, and whose disk is full later.
class JsonFileBench : public SinkBench {
 public:
  std::unique_ptr<Sink> NewSink() override { return std::make_unique<JsonSink>(path_, Rotation()); }
  void Mend() override {
    full_.reset();
    std::filesystem::create_directories(dir_.File("folder"));
  }
  // There is room for a part of the next line.
  void Break() override { full_.emplace(std::filesystem::file_size(path_) + 100); }
  std::vector<uint64_t> Received() override {
    std::string lines;
    for (int number = 99; number > 0; --number) {
      lines += Contents(path_ + "." + std::to_string(number));
    }
    lines += Contents(path_);
    return SequencesOf(lines);
  }

 protected:
  virtual LineFile::Rotation Rotation() const { return {}; }

 private:
  TempDir dir_;
  std::string path_ = dir_.File("folder") + "/log";
  std::optional<FileSizeLimit> full_;
};

// So many files that none goes.
class JsonRotatedBench : public JsonFileBench {
 protected:
  LineFile::Rotation Rotation() const override { return {100'000, 99}; }
};

class JournalBench : public SinkBench {
 public:
  std::unique_ptr<Sink> NewSink() override {
    return std::make_unique<JournalSink>(dir_.File("socket"), JournalOrigin{"logd", 3});
  }
  void Mend() override { server_.Listen(); }
  void Break() override { server_.Close(); }
  void Beside() override { server_.Serve(3); }
  std::vector<uint64_t> Received() override {
    std::vector<uint64_t> sequences;
    for (const auto& fields : server_.Entries()) {
      sequences.push_back(std::stoull(fields.at("S390_SEQUENCE")));
    }
    return sequences;
  }

 private:
  TempDir dir_;
  JournalServer server_{dir_.File("socket")};
};

class SyslogTcpBench : public SinkBench {
 public:
  std::unique_ptr<Sink> NewSink() override {
    return std::make_unique<SyslogSink>(
        std::make_unique<TcpConnection>("127.0.0.1", server_.Port()), SyslogSinkOptions());
  }
  void Mend() override { server_.Listen(); }
  void Break() override {
    server_.StopListening();
    server_.Close();
  }
  void Beside() override { server_.Serve(); }
  std::vector<uint64_t> Received() override { return server_.Sequences(); }

 private:
  TestServer server_;
};

// Any socket of datagrams, or a stream, by line feeds: read by the test itself.
class SocketBench : public SinkBench {
 public:
  ~SocketBench() override = default;
  void Break() override {
    Beside();
    client_.Reset();
    fd_.Reset();
    listening_ = false;
  }
  void Beside() override {
    if (!listening_) return;
    if (listens_ && !client_) client_.Reset(::accept4(fd_.Get(), nullptr, nullptr, SOCK_NONBLOCK));
    const int fd = listens_ ? client_.Get() : fd_.Get();
    std::array<char, 65536> bytes;
    ssize_t count = 0;
    while ((count = ::recv(fd, bytes.data(), bytes.size(), MSG_DONTWAIT)) > 0) {
      received_.append(bytes.data(), static_cast<size_t>(count));
      if (!listens_) received_ += '\n';
    }
    // The end of a stream: half a message is none.
    if (listens_ && client_ && count == 0) {
      client_.Reset();
      received_.resize(received_.rfind('\n') + 1);
    }
  }
  std::vector<uint64_t> Received() override {
    std::vector<uint64_t> sequences;
    std::istringstream stream(received_);
    std::string line;
    while (std::getline(stream, line) && !stream.eof()) {
      sequences.push_back(std::stoull(ParseMessage(line).value().params.at("sequence")));
    }
    return sequences;
  }

 protected:
  void Listen(UniqueFd fd, bool listens) {
    fd_ = std::move(fd);
    listens_ = listens;
    listening_ = true;
  }

  static std::unique_ptr<Sink> SinkOver(std::unique_ptr<SyslogTransport> transport,
                                        SyslogFraming framing) {
    SyslogSinkOptions options;
    options.framing = framing;
    return std::make_unique<SyslogSink>(std::move(transport), options);
  }

 private:
  UniqueFd fd_;
  UniqueFd client_;
  bool listens_ = false;
  bool listening_ = false;
  std::string received_;
};

class SyslogUdpBench : public SocketBench {
 public:
  static constexpr uint32_t kRate = 1'000'000;

  std::unique_ptr<Sink> NewSink() override {
    return SinkOver(std::make_unique<UdpTransport>("127.0.0.1", reserved_.Port(), kRate),
                    SyslogFraming::kNone);
  }
  void Mend() override {
    UniqueFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(reserved_.Port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(fd.Get(), reinterpret_cast<sockaddr*>(&address), sizeof(address));
    Listen(std::move(fd), false);
  }

 private:
  TestServer reserved_;  // a port of TCP that is free is most likely one of UDP
};

template <int Type>
class SyslogLocalBench : public SocketBench {
 public:
  std::unique_ptr<Sink> NewSink() override {
    return SinkOver(std::make_unique<LocalTransport>(dir_.File("log"), Type),
                    Type == SOCK_DGRAM ? SyslogFraming::kNone : SyslogFraming::kLineFeed);
  }
  void Mend() override {
    UniqueFd fd(::socket(AF_UNIX, Type | SOCK_NONBLOCK, 0));
    const sockaddr_un address = UnixAddress(dir_.File("log")).value();
    ::unlink(address.sun_path);
    ::bind(fd.Get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    if (Type == SOCK_STREAM) ::listen(fd.Get(), 4);
    Listen(std::move(fd), Type == SOCK_STREAM);
  }

 private:
  TempDir dir_;
};

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
