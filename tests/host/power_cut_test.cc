// SPDX-License-Identifier: MIT
// The power fails between any two syncs of the store: what is on the disk then opens, has no hole,
// and has all that logd has answered for to the kernel. $POWER_CUTS sets how many random states are
// tried at each sync.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/eventfd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "logd/daemon.h"
#include "tests/host/fake_channel.h"
#include "tests/host/fake_notice_queue.h"
#include "tests/host/temp_dir.h"
#include "tests/host/volatile_disk.h"

namespace s390log {
namespace {

constexpr int kLives = 3;
constexpr uint64_t kTurns = 15;  // of one life, each with a commit
constexpr int kPerTurn = 12;     // events
constexpr int kCheckpointPages = 20;

// Checkpoints come after few pages: the database's own file shall be written often, too.
int CheckpointSoon(sqlite3* database, char** /*error*/,
                   const struct sqlite3_api_routines* /*api*/) {
  return sqlite3_wal_autocheckpoint(database, kCheckpointPages);
}

// Brings more events each time that it has had its turn, then the end.
class BusySink : public Sink {
 public:
  BusySink(FakeChannel& channel, int stop_fd) : channel_(channel), stop_fd_(stop_fd) {}

  void StartAt(uint64_t index) override { taken_ = index; }
  void Follow(const Backlog& backlog, Clock::time_point) override {
    taken_ = backlog.End();
    if (turn_++ < kTurns) {
      for (int i = 0; i < kPerTurn; ++i) channel_.EmitText(i % 2, std::string(300, 'x'));
    } else {
      const uint64_t one = 1;
      EXPECT_EQ(::write(stop_fd_, &one, sizeof(one)), 8);
    }
  }
  uint64_t Taken() const override { return taken_; }
  bool Flushed() const override { return true; }
  bool Up() const override { return true; }
  Wait GetWait(const Backlog&) const override { return {-1, 0, Clock::time_point::min()}; }
  SinkReport Report() const override { return {"busy", true}; }

 private:
  FakeChannel& channel_;
  int stop_fd_;
  uint64_t taken_ = 0;
  uint64_t turn_ = 0;
};

class PowerCutTest : public testing::Test {
 protected:
  PowerCutTest() {
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(&CheckpointSoon));
    channel_.SetNotify(
        [this](uint32_t event, SequenceNumber sequence) { notices_.Post(event, sequence); });
    if (const char* set = std::getenv("POWER_CUTS")) torn_ = std::atoi(set);
    if (const char* set = std::getenv("SEED")) seed_ = std::strtoull(set, nullptr, 10);
    random_.seed(seed_);
  }
  ~PowerCutTest() override { sqlite3_reset_auto_extension(); }

  void Live(const StoreLimits& limits) {
    const UniqueFd stop(::eventfd(0, EFD_NONBLOCK));
    Store store(dir_.File("events.db"));
    DaemonParts parts{channel_,
                      notices_,
                      stop.Get(),
                      sockets_.File("socket"),
                      1000,
                      std::chrono::seconds(5),
                      [](const std::string& what) { ADD_FAILURE() << what; }};
    parts.store = &store;
    parts.limits = limits;
    Daemon daemon(parts);
    auto sink = std::make_unique<BusySink>(channel_, stop.Get());
    sink_ = sink.get();
    daemon.AddSink(std::move(sink));
    daemon.Run();
    sink_ = nullptr;
  }

  // The power fails now, with each outcome of it.
  void Cut() {
    Check("what was synced", disk_->Synced());
    Check("what was written", disk_->Written());
    for (int i = 0; i < torn_; ++i) Check("chance", disk_->Torn(random_));
  }

  void Check(const std::string& what, const VolatileDisk::Files& files) {
    ++cuts_;
    const uint64_t taken = channel_.Taken().Value();
    SCOPED_TRACE(testing::Message() << what << " before sync " << disk_->Syncs() << " with "
                                    << taken << " answered for; SEED=" << seed_);
    const TempDir after;
    PutFiles(files, after.File(""));
    try {
      CheckStore(after.File("events.db"), taken);
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
  }

  void CheckStore(const std::string& path, uint64_t taken) {
    if (!std::filesystem::exists(path)) {
      EXPECT_EQ(taken, 0u) << "the store is gone";
      return;
    }
    Store store(path);
    EXPECT_GE(store.StoredThrough(TestBootId()).Value(), taken);
    if (sink_ != nullptr) {
      EXPECT_LE(store.Cursor("busy").value_or(0), sink_->Taken());
    }
    SQLite::Database database(path);
    EXPECT_EQ(database.execAndGet("PRAGMA integrity_check").getString(), "ok");
    const auto number = [&](const char* select) {
      return static_cast<uint64_t>(database.execAndGet(select).getInt64());
    };
    const uint64_t count = number("SELECT count(*) FROM entry");
    if (count == 0) return;
    const uint64_t first = number("SELECT min(sequence) FROM entry");
    const uint64_t last = number("SELECT max(sequence) FROM entry");
    EXPECT_EQ(last - first + 1, count) << "there is a hole";
    if (!prunes_) {
      EXPECT_EQ(first, 1u);
    }
  }

  TempDir dir_;
  TempDir sockets_;
  FakeChannel channel_{2, 4096, 16};
  FakeNoticeQueue notices_{2};
  BusySink* sink_ = nullptr;
  bool prunes_ = false;
  int torn_ = 1;
  uint64_t seed_ = 1;
  uint64_t cuts_ = 0;
  std::mt19937_64 random_;
  std::optional<VolatileDisk> disk_;
};

TEST_F(PowerCutTest, WhatIsAnsweredForIsOnTheDisk) {
  disk_.emplace(dir_.File("."), [this] { Cut(); });
  for (int life = 0; life < kLives && !HasFailure(); ++life) Live({});
  EXPECT_GE(disk_->Syncs(), kLives * kTurns);
  RecordProperty("cuts", std::to_string(cuts_));
}

TEST_F(PowerCutTest, WhatIsAnsweredForIsOnTheDiskWhileOldEntriesGo) {
  prunes_ = true;
  disk_.emplace(dir_.File("."), [this] { Cut(); });
  for (int life = 0; life < kLives && !HasFailure(); ++life) Live({64 << 10, {}});
  EXPECT_GT(Store(dir_.File("events.db")).Begin(), 1u);
  RecordProperty("cuts", std::to_string(cuts_));
}

}  // namespace
}  // namespace s390log
