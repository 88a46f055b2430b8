// SPDX-License-Identifier: MIT
// The configuration changes while the daemon runs: no event is lost by it, and none twice.
#include "logd/reload.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <fstream>
#include <thread>

#include "logd/control_client.h"
#include "logd/json_sink.h"
#include "tests/host/fake_channel.h"
#include "tests/host/fake_notice_queue.h"
#include "tests/host/fake_sink.h"
#include "tests/host/temp_dir.h"

namespace s390log {
namespace {

using Told = std::vector<std::string>;

TEST(ConfigFile, StandardOneNeedNotBeThereAnotherMust) {
  const auto missing = LoadConfigFile("/nonexistent/f");
  EXPECT_EQ(std::get<ConfigErrors>(missing).at(0),
            "/nonexistent/f: cannot be read: No such file or directory");
}

TEST(SectionsForRestart, AreThoseThatDifferButForSinksAndDrives) {
  const std::string before = "[store]\nmax_days = 1\n[json]\npath = \"a\"\n[drives]\n";
  EXPECT_EQ(SectionsForRestart(before, before), Told{});
  EXPECT_EQ(SectionsForRestart(before, "[json]\npath = \"b\"\n[journal]\n[store]\nmax_days = 1\n"),
            Told{});
  EXPECT_EQ(SectionsForRestart(before, "[store]\nmax_days = 2\n"), Told{"store"});
  EXPECT_EQ(SectionsForRestart("", "[control]\npath = \"x\"\n[collector]\nslots = 3\n"),
            (Told{"collector", "control"}));
}

class ReloadTest : public testing::Test {
 protected:
  ReloadTest() {
    channel_.SetNotify(
        [this](uint32_t event, SequenceNumber sequence) { notices_.Post(event, sequence); });
  }
  ~ReloadTest() override { Stop(); }

  // The daemon in a thread of its own, until Stop().
  void Start(const std::string& text, bool with_store = true) {
    Write(text);
    if (with_store) store_.emplace(dir_.File("events.db"));
    DaemonParts parts{channel_,
                      notices_,
                      stop_.Get(),
                      dir_.File("socket"),
                      100,
                      std::chrono::seconds(2),
                      [this](const std::string& what) { told_.push_back(what); }};
    if (store_) parts.store = &*store_;
    daemon_.emplace(parts);
    const auto syslog = [this](const SyslogConfig& config) -> std::unique_ptr<Sink> {
      if (config.server == "impossible") throw std::runtime_error("no such certificate");
      auto sink = std::make_unique<FakeSink>();
      fake_ = sink.get();
      return sink;
    };
    sinks_.emplace(*daemon_, SinkMakers{[](const JsonConfig& config) {
                                          return std::make_unique<JsonSink>(config.path);
                                        },
                                        syslog, nullptr});
    sinks_->Apply(std::get<Config>(ParseConfig(text, "f")));
    reload_.emplace(
        dir_.File("logd.toml"), text, *sinks_, [](const Config&) {},
        [this](const std::string& what) { told_.push_back(what); });
    daemon_->OnHangup(hangup_.Get(), [this] { reload_->Run(); });
    thread_ = std::thread([this] { daemon_->Run(); });
  }
  void Stop() {
    if (!thread_.joinable()) return;
    Signal(stop_);
    thread_.join();
  }
  void Write(const std::string& text) { std::ofstream(dir_.File("logd.toml")) << text; }
  static void Signal(const UniqueFd& fd) {
    const uint64_t one = 1;
    ASSERT_EQ(::write(fd.Get(), &one, sizeof(one)), 8);
  }
  // The daemon answers in its own thread, behind the reload.
  void Reload(const std::string& text) {
    Write(text);
    Signal(hangup_);
    Sync();
    Sync();
  }
  void Sync() { EXPECT_TRUE(AskLogd(dir_.File("socket"), "stats")); }
  void Emit(int count) {
    for (int i = 0; i < count; ++i) channel_.EmitText(0, "x");
  }
  nlohmann::json Stats() {
    return nlohmann::json::parse(AskLogd(dir_.File("socket"), "stats").value());
  }
  void WaitUntilStored(uint64_t number) {
    const auto deadline = Clock::now() + std::chrono::seconds(10);
    const auto taken = [&] {
      const auto stats = Stats();
      bool all = stats.at("delivered") == number;
      for (const auto& sink : stats.at("sinks")) all &= sink.at("undelivered") == 0;
      return all;
    };
    while (!taken()) ASSERT_LT(Clock::now(), deadline) << "waiting for all sinks";
  }
  std::vector<uint64_t> Numbers(const std::string& file) {
    std::vector<uint64_t> numbers;
    std::ifstream lines(dir_.File(file));
    std::string line;
    while (std::getline(lines, line)) {
      numbers.push_back(nlohmann::json::parse(line).at("sequence").get<uint64_t>());
    }
    return numbers;
  }
  static std::vector<uint64_t> Range(uint64_t first, uint64_t last) {
    std::vector<uint64_t> numbers;
    for (uint64_t i = first; i <= last; ++i) numbers.push_back(i);
    return numbers;
  }
  std::string Json(const std::string& file, const std::string& more = "") {
    return "[json]\npath = \"" + dir_.File(file) + "\"\n" + more;
  }
  bool WasTold(const std::string& what) {
    return std::find(told_.begin(), told_.end(), what) != told_.end();
  }

  TempDir dir_;
  FakeChannel channel_{2, 4096, 16};
  FakeNoticeQueue notices_{2};
  UniqueFd stop_{::eventfd(0, EFD_NONBLOCK)};
  UniqueFd hangup_{::eventfd(0, EFD_NONBLOCK)};
  Told told_;  // to be looked at behind Stop()
  std::optional<Store> store_;
  std::optional<Daemon> daemon_;
  std::optional<ConfiguredSinks> sinks_;
  std::optional<s390log::Reload> reload_;
  FakeSink* fake_ = nullptr;
  std::thread thread_;
};

TEST_F(ReloadTest, ErrorIsToldAndTheOldConfigurationStays) {
  Start(Json("a"));
  Reload(Json("b", "keep = -1\n"));
  Emit(3);
  WaitUntilStored(3);
  Stop();
  EXPECT_TRUE(WasTold(dir_.File("logd.toml") + ":3: json.keep: must be a number from 0 to 1000"));
  EXPECT_TRUE(WasTold("the configuration was not read again: the old one stays"));
  EXPECT_EQ(Numbers("a"), Range(1, 3));
  EXPECT_FALSE(std::filesystem::exists(dir_.File("b")));
}

TEST_F(ReloadTest, SinkThatCannotBeMadeChangesNothing) {
  Start(Json("a"));
  Reload(Json("b") + "[syslog]\nserver = \"impossible\"\n");
  Emit(3);
  WaitUntilStored(3);
  Stop();
  EXPECT_TRUE(WasTold("no such certificate"));
  EXPECT_EQ(Numbers("a"), Range(1, 3));
}

TEST_F(ReloadTest, MissingFileIsAnError) {
  Start(Json("a"));
  std::filesystem::remove(dir_.File("logd.toml"));
  Signal(hangup_);
  Sync();
  Sync();
  Emit(1);
  WaitUntilStored(1);
  Stop();
  EXPECT_TRUE(WasTold(dir_.File("logd.toml") + ": cannot be read: No such file or directory"));
}

TEST_F(ReloadTest, SinkThatIsTheSameIsNotTouched) {
  const std::string syslog = "[syslog]\nserver = \"a\"\n";
  Start(syslog);
  const FakeSink* before = fake_;
  Reload(syslog + Json("a"));
  Emit(2);
  WaitUntilStored(2);
  Stop();
  EXPECT_EQ(fake_, before);
  EXPECT_EQ(fake_->Received(), Range(1, 2));
  EXPECT_TRUE(WasTold("json " + dir_.File("a") + " is new"));
}

TEST_F(ReloadTest, SinkThatChangesGoesOnWhereItWas) {
  Start("[syslog]\nserver = \"a\"\n");
  Emit(50);
  WaitUntilStored(50);
  fake_->SetUp(false);
  Emit(50);
  while (Stats().at("delivered") != 100) std::this_thread::yield();
  Reload("[syslog]\nserver = \"a\"\nseverity = \"debug\"\nport = 99\n");
  Emit(1);
  WaitUntilStored(101);
  Stop();
  EXPECT_EQ(fake_->Received(), Range(51, 101));
  EXPECT_TRUE(WasTold("fake has changed"));
}

TEST_F(ReloadTest, EachEventIsInOneFileWheneverThePathChanges) {
  for (const bool with_store : {true, false}) {
    Start(Json("0"), with_store);
    const uint64_t begin = channel_.EmitText(0, "x").Value() - 1;
    std::vector<uint64_t> all;
    for (int round = 1; round <= 10; ++round) {
      Emit(20);
      Reload(Json(std::to_string(round)));
    }
    Emit(19);
    Stop();
    for (int round = 0; round <= 10; ++round) {
      for (const uint64_t number : Numbers(std::to_string(round))) all.push_back(number);
      std::filesystem::remove(dir_.File(std::to_string(round)));
    }
    EXPECT_EQ(all, Range(begin + 1, begin + 220)) << with_store;
    uint64_t drained = 0;
    EXPECT_EQ(::read(stop_.Get(), &drained, sizeof(drained)), 8);
    daemon_.reset();
  }
}

TEST_F(ReloadTest, NewSinkBeginsWithWhatIsNewAndOneThatWentIsForgotten) {
  Start(Json("a"));
  Emit(3);
  WaitUntilStored(3);
  Reload("[syslog]\nserver = \"a\"\n");
  Emit(3);
  WaitUntilStored(6);
  Reload("[syslog]\nserver = \"a\"\n" + Json("a"));
  Emit(3);
  WaitUntilStored(9);
  Reload("[syslog]\nserver = \"a\"\n");
  Stop();
  EXPECT_EQ(fake_->Received(), Range(4, 9));
  EXPECT_EQ(Numbers("a"), (std::vector<uint64_t>{1, 2, 3, 7, 8, 9}));
  EXPECT_TRUE(WasTold("json " + dir_.File("a") + " is no more, and where it was is forgotten"));
  EXPECT_FALSE(store_->Cursor("json " + dir_.File("a")));
  EXPECT_TRUE(store_->Cursor("fake"));
}

TEST_F(ReloadTest, LimitHoldsFromThenOn) {
  Start(Json("a"));
  Emit(10);
  WaitUntilStored(10);
  Reload(Json("a", "events = \"TAP*\"\n"));
  Emit(10);
  WaitUntilStored(20);
  EXPECT_EQ(Stats().at("sinks").at(1).at("filtered"), 10);
  Stop();
  EXPECT_EQ(Numbers("a"), Range(1, 10));
}

TEST_F(ReloadTest, WhatNeedsARestartIsSaidUntilItIsDone) {
  Start(Json("a"));
  Reload(Json("a") + "[collector]\nslots = 3\n");
  Reload(Json("a") + "[collector]\nslots = 3\n");
  Stop();
  EXPECT_EQ(
      std::count(told_.begin(), told_.end(), "[collector] has changed: restart logd for that"), 2);
}

// logrotate moves the file away, and then sends the signal.
TEST_F(ReloadTest, FilesAreOpenedAnew) {
  Start(Json("a"));
  Emit(3);
  WaitUntilStored(3);
  std::filesystem::rename(dir_.File("a"), dir_.File("a.1"));
  Emit(3);
  WaitUntilStored(6);
  Reload(Json("a"));
  Emit(3);
  WaitUntilStored(9);
  Stop();
  EXPECT_EQ(Numbers("a.1"), Range(1, 6));
  EXPECT_EQ(Numbers("a"), Range(7, 9));
}

}  // namespace
}  // namespace s390log
