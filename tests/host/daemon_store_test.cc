// SPDX-License-Identifier: MIT
// The daemon with a store: what is stored is answered for, and sinks go on from it.
#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>

#include "logd/daemon.h"
#include "s390log/position_area.h"
#include "tests/host/fake_channel.h"
#include "tests/host/fake_notice_queue.h"
#include "tests/host/fake_sink.h"
#include "tests/host/file_size_limit.h"
#include "tests/host/temp_dir.h"
#include "tests/host/test_events.h"

namespace s390log {
namespace {

using Numbers = std::vector<uint64_t>;

class DaemonStoreTest : public testing::Test {
 protected:
  DaemonStoreTest() {
    channel_.SetNotify(
        [this](uint32_t event, SequenceNumber sequence) { notices_.Post(event, sequence); });
    const uint64_t one = 1;
    EXPECT_EQ(::write(stop_.Get(), &one, sizeof(one)), 8);  // each daemon drains, and ends
  }

  void Emit(int count) {
    for (int i = 0; i < count; ++i) channel_.EmitText(0, "x");
  }

  DaemonParts Parts(Store& store) {
    DaemonParts parts{channel_,
                      notices_,
                      stop_.Get(),
                      dir_.File("socket"),
                      kBacklog,
                      std::chrono::seconds(2),
                      [this](const std::string& what) {
                        told_ += what + "\n";
                        on_tell_(what);
                      }};
    parts.store = &store;
    return parts;
  }

  // One life of logd. What the sink has received is added to received_.
  Stats Live(
      bool sink_is_up = true, const std::function<void()>& once_open = [] {},
      const std::function<void()>& once_ready = [] {}) {
    Store store(path_);
    once_open();
    Daemon daemon(Parts(store));
    auto* sink = new FakeSink;
    sink->SetUp(sink_is_up);
    daemon.AddSink(std::unique_ptr<Sink>(sink));
    once_ready();
    daemon.Run();
    received_.insert(received_.end(), sink->Received().begin(), sink->Received().end());
    return daemon.GetStats();
  }

  Numbers Stored() {
    Numbers numbers;
    SQLite::Database database(path_);
    SQLite::Statement select(database, "SELECT sequence FROM entry ORDER BY id");
    while (select.executeStep()) numbers.push_back(select.getColumn(0).getUInt());
    return numbers;
  }

  // From its second page on: the first is in memory already when it is open.
  void Damage() {
    constexpr std::streamoff kPage = 4096;
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    const auto size = static_cast<std::streamoff>(std::filesystem::file_size(path_));
    file.seekp(kPage);
    file << std::string(static_cast<size_t>(size - kPage), '\xff');
  }

  static Numbers UpTo(uint64_t last) {
    Numbers numbers;
    for (uint64_t i = 1; i <= last; ++i) numbers.push_back(i);
    return numbers;
  }

  static constexpr size_t kBacklog = 100;
  TempDir dir_;
  std::string path_ = dir_.File("events.db");
  FakeChannel channel_{2, 4096, 16};
  FakeNoticeQueue notices_{2};
  UniqueFd stop_{::eventfd(0, EFD_NONBLOCK)};
  Numbers received_;
  std::string told_;
  std::function<void(const std::string&)> on_tell_ = [](const std::string&) {};
};

TEST_F(DaemonStoreTest, EventsAreStoredAndAnsweredFor) {
  Emit(5);
  EXPECT_EQ(BalanceLine(Live()), "emitted 5, delivered 5, lost 0");
  EXPECT_EQ(Stored(), UpTo(5));
  EXPECT_EQ(received_, UpTo(5));
  EXPECT_EQ(channel_.Taken(), SequenceNumber(5));
}

TEST_F(DaemonStoreTest, DownSinkHoldsUpNeitherTheStoreNorTheKernelAndCatchesUpLater) {
  Emit(3);
  Live();
  Emit(500);
  const Stats stats = Live(false);
  EXPECT_EQ(stats.taken.Delivered(), 500u);
  EXPECT_EQ(channel_.Taken(), SequenceNumber(503));
  EXPECT_EQ(stats.sinks.at(1).undelivered, 500u);
  EXPECT_EQ(received_, UpTo(3));
  Emit(2);
  Live();
  EXPECT_EQ(received_, UpTo(505));
}

TEST_F(DaemonStoreTest, EventsWaitForAStoreThatThereIsNoRoomToMake) {
  Emit(5);
  std::optional<FileSizeLimit> full(std::in_place, 0);
  on_tell_ = [&](const std::string& what) {
    if (what.find("is down") == std::string::npos) return;
    EXPECT_EQ(channel_.Taken(), SequenceNumber(0));
    full.reset();
  };
  EXPECT_EQ(BalanceLine(Live()), "emitted 5, delivered 5, lost 0");
  EXPECT_FALSE(full) << told_;
  EXPECT_EQ(Stored(), UpTo(5));
  EXPECT_EQ(received_, UpTo(5));
  EXPECT_EQ(channel_.Taken(), SequenceNumber(5));
  EXPECT_NE(told_.find("events.db is up"), std::string::npos) << told_;
}

TEST_F(DaemonStoreTest, NewSinkBeginsWithWhatIsNew) {
  Emit(3);
  {
    Store store(path_);
    Daemon(Parts(store)).Run();
  }
  Emit(1);
  Live();
  EXPECT_EQ(received_, Numbers{4});
}

TEST_F(DaemonStoreTest, StoreThatIsFoundDamagedAtTheStartIsDoneWithout) {
  Emit(3);
  Live();
  Emit(500);
  Live(true, [this] { Damage(); });
  EXPECT_EQ(received_, UpTo(503));
  EXPECT_EQ(channel_.Taken(), SequenceNumber(503));
  EXPECT_NE(told_.find("is damaged"), std::string::npos) << told_;
}

TEST_F(DaemonStoreTest, WithoutAnySinkEventsStayWithTheKernel) {
  Emit(3);
  Live();
  Emit(1);
  Store store(path_);
  Damage();
  EXPECT_THROW(Daemon(Parts(store)).Run(), std::runtime_error);
  EXPECT_EQ(channel_.Taken(), SequenceNumber(3));
}

TEST_F(DaemonStoreTest, StoreThatIsDamagedMeanwhileIsLeftAloneAndTheSinksGoOn) {
  Emit(3);
  Live();
  Emit(500);  // more than the backlog holds
  const Stats stats = Live(
      true, [] {}, [this] { Damage(); });
  EXPECT_EQ(received_, UpTo(503));
  EXPECT_EQ(channel_.Taken(), SequenceNumber(503));
  EXPECT_TRUE(stats.Balanced());
  EXPECT_NE(told_.find("is damaged"), std::string::npos) << told_;
  EXPECT_NE(told_.find(".recover"), std::string::npos) << told_;
}

// What was only there is lost to who is behind, and that is counted.
TEST_F(DaemonStoreTest, SinkThatIsBehindADamagedStoreGoesOnWithWhatIsNew) {
  Emit(3);
  Live();
  Emit(500);
  Live(false);
  Emit(7);
  const Stats stats = Live(
      true, [] {}, [this] { Damage(); });
  Numbers expected = UpTo(3);
  for (uint64_t i = 504; i <= 510; ++i) expected.push_back(i);
  EXPECT_EQ(received_, expected);
  EXPECT_EQ(stats.sinks.at(1).report.expired, 500u);
}

// logd was killed when it had stored and not yet told the kernel: the kernel has them still.
TEST_F(DaemonStoreTest, WhatIsStoredIsNotCollectedAgain) {
  Emit(4);
  {
    Store store(path_);
    const BootId boot = PositionArea(channel_.Positions()).Boot();
    Backlog backlog(10, boot.ToString(), store.End(), nullptr);
    for (uint64_t i = 1; i <= 3; ++i) backlog.Append(TextEvent(i));
    store.Commit(backlog, boot, {});
    store.SaveCursors({{"fake", store.Begin() + 1}});
  }
  EXPECT_EQ(BalanceLine(Live()), "emitted 4, delivered 1, lost 0, before 3");
  EXPECT_EQ(Stored(), UpTo(4));
  EXPECT_EQ(received_, (Numbers{2, 3, 4}));
}

}  // namespace
}  // namespace s390log
