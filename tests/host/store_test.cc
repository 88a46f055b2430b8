// SPDX-License-Identifier: MIT
#include "logd/store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "logd/store_history.h"
#include "tests/host/fake_channel.h"
#include "tests/host/file_size_limit.h"
#include "tests/host/temp_dir.h"
#include "tests/host/test_events.h"

namespace s390log {
namespace {

constexpr uint64_t kDayNs = 86'400ull * 1'000'000'000;

std::vector<std::byte> Bytes(std::string_view text) {
  const auto* data = reinterpret_cast<const std::byte*>(text.data());
  return {data, data + text.size()};
}

// As it comes from a record.
Event RecordedText(uint64_t sequence, std::string_view text, uint64_t time_ns = kTestTime) {
  Event event = TextEvent(sequence, std::string(text));
  event.time_ns = time_ns;
  event.raw = Bytes(text);
  return event;
}

Event RecordedTape(uint64_t sequence) {
  Outcome outcome{};
  const std::vector<std::byte> payload(sizeof(s390_log_tape));
  outcome.match = Match::kComplete;
  outcome.first = outcome.last = SequenceNumber(sequence);
  outcome.event = KEVENT_S390_TAPE_LOADED;
  outcome.record.event = outcome.event;
  outcome.record.sequence = outcome.first;
  outcome.record.time_ns = kTestTime;
  outcome.record.device_word = S390_LOG_DEVICE(0, 0, 0x0580);
  outcome.record.cpu = 3;
  outcome.record.flags = S390_LOG_INFERRED;
  outcome.record.payload = payload;
  return MakeEvent(outcome, 0);
}

BootId OtherBootId() {
  std::array<std::byte, BootId::kSize> bytes{};
  bytes[0] = std::byte{0xff};
  return BootId(bytes);
}

class StoreTest : public testing::Test {
 protected:
  // All of it is in a backlog that begins where the store ends.
  void Add(Store& store, const std::vector<Event>& events, const BootId& boot = TestBootId()) {
    Backlog backlog(100'000, boot.ToString(), store.End(), nullptr);
    for (const Event& event : events) backlog.Append(event);
    while (store.End() < backlog.End()) store.Commit(backlog, boot, {});
  }

  void AddTexts(Store& store, uint64_t first, uint64_t count) {
    std::vector<Event> events;
    for (uint64_t i = 0; i < count; ++i) events.push_back(RecordedText(first + i, "a text"));
    Add(store, events);
  }

  std::string Refusal() {
    try {
      Store store(path_);
    } catch (const StoreError& error) {
      return error.what();
    }
    return "";
  }

  TempDir dir_;
  std::string path_ = dir_.File("events.db");
};

TEST_F(StoreTest, NewFileIsEmptyAndForRootAndItsGroupOnly) {
  Store store(path_);
  EXPECT_EQ(store.Begin(), store.End());
  EXPECT_EQ(store.StoredThrough(TestBootId()), SequenceNumber(0));
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777 & ~0640u, 0u);
}

TEST_F(StoreTest, FileThatThereIsNoRoomForIsMadeAsSoonAsThereIs) {
  std::optional<Store> store;
  Backlog backlog(10, TestBootId().ToString(), 1, nullptr);
  backlog.Append(RecordedText(1, "a text"));
  {
    const FileSizeLimit full(0);
    store.emplace(path_);
    EXPECT_EQ(store->Begin(), 1u);
    EXPECT_EQ(store->End(), 1u);
    EXPECT_EQ(store->StoredThrough(TestBootId()), SequenceNumber(0));
    EXPECT_EQ(store->Cursor("a sink"), std::nullopt);
    EXPECT_EQ(store->Size(), 0u);
    store->DropCursor("a sink");
    EXPECT_THROW(store->Commit(backlog, TestBootId(), {}), StoreError);
    EXPECT_THROW(store->SaveCursors({{"a sink", 1}}), StoreError);
    EXPECT_EQ(store->End(), 1u);
  }
  EXPECT_TRUE(store->Commit(backlog, TestBootId(), {{"a sink", 2}}));
  EXPECT_EQ(store->End(), 2u);
  EXPECT_EQ(store->Cursor("a sink"), 2u);
  EXPECT_TRUE(StoreHistory(path_).Find(1));
}

// Some kilobytes are enough for the tables, and not for the log.
TEST_F(StoreTest, FileThatIsHalfMadeForLackOfRoomIsMadeLater) {
  for (uint64_t room = 512; room < 128 << 10; room *= 2) {
    const std::string path = dir_.File(std::to_string(room));
    std::optional<Store> store;
    {
      const FileSizeLimit little(room);
      store.emplace(path);
    }
    AddTexts(*store, 1, 3);
    EXPECT_EQ(store->End(), 4u) << room;
  }
}

TEST_F(StoreTest, FileThatHasComeFromElsewhereMeanwhileIsLeftAlone) {
  std::optional<Store> store;
  {
    const FileSizeLimit full(0);
    store.emplace(path_);
  }
  {
    Store other(dir_.File("other"));
    AddTexts(other, 1, 3);
  }
  std::filesystem::copy_file(dir_.File("other"), path_,
                             std::filesystem::copy_options::overwrite_existing);
  try {
    store->SaveCursors({});
    FAIL() << "it was used";
  } catch (const StoreError& error) {
    EXPECT_NE(std::string(error.what()).find("start logd anew"), std::string::npos) << error.what();
    EXPECT_FALSE(error.Damaged());
  }
  EXPECT_EQ(Store(path_).End(), 4u);
}

TEST_F(StoreTest, LogFilesStayForReadersThatCannotMakeThem) {
  {
    Store store(path_);
    AddTexts(store, 1, 3);
  }
  EXPECT_TRUE(std::filesystem::exists(path_ + "-shm"));
  ASSERT_TRUE(std::filesystem::exists(path_ + "-wal"));
  EXPECT_EQ(std::filesystem::file_size(path_ + "-wal"), 0u);
}

TEST_F(StoreTest, WhatComesBackIsWhatWasStored) {
  Store store(path_);
  const Event tape = RecordedTape(2);
  const uint64_t first = store.End();
  Add(store, {RecordedText(1, "a text"), tape, GapEvent(3, 7), PayloadLostEvent(8)});
  StoreHistory history(path_);

  const auto text = history.Find(first);
  ASSERT_TRUE(text);
  EXPECT_EQ(text->boot_id, TestBootId().ToString());
  EXPECT_EQ(std::get<TextPayload>(text->event.payload).text, "a text");
  EXPECT_EQ(text->event.time_ns, kTestTime);

  const auto loaded = history.Find(first + 1);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->event.first, SequenceNumber(2));
  EXPECT_EQ(loaded->event.device, tape.device);
  EXPECT_EQ(loaded->event.cpu, 3);
  EXPECT_TRUE(loaded->event.inferred);
  EXPECT_EQ(loaded->event.raw, tape.raw);
  EXPECT_TRUE(std::holds_alternative<TapePayload>(loaded->event.payload));

  const auto gap = history.Find(first + 2);
  ASSERT_TRUE(gap);
  EXPECT_EQ(gap->event.match, Match::kGap);
  EXPECT_EQ(gap->event.last, SequenceNumber(7));
  EXPECT_EQ(gap->event.cause, (LossCause{LossKind::kBufferFull, {1}}));

  const auto lost = history.Find(first + 3);
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->event.match, Match::kPayloadLost);
  EXPECT_EQ(lost->event.id, static_cast<uint32_t>(KEVENT_S390_TAPE_LOADED));
  EXPECT_FALSE(history.Find(first + 4));
}

TEST_F(StoreTest, EntriesCountOnWhenItIsOpenedAgain) {
  uint64_t end = 0;
  {
    Store store(path_);
    Add(store, {RecordedText(1, "one"), GapEvent(2, 9)});
    end = store.End();
  }
  Store store(path_);
  EXPECT_EQ(store.End(), end);
  EXPECT_EQ(store.StoredThrough(TestBootId()), SequenceNumber(9));
  EXPECT_EQ(store.StoredThrough(OtherBootId()), SequenceNumber(0));
  Add(store, {RecordedText(1, "after a restart of the system")}, OtherBootId());
  EXPECT_EQ(store.StoredThrough(TestBootId()), SequenceNumber(9));
  EXPECT_EQ(store.StoredThrough(OtherBootId()), SequenceNumber(1));
}

TEST_F(StoreTest, ANumberIsStoredOnceOrTheWholeCallFails) {
  Store store(path_);
  AddTexts(store, 1, 3);
  const uint64_t end = store.End();
  EXPECT_THROW(AddTexts(store, 3, 2), StoreError);
  EXPECT_EQ(store.End(), end);
  AddTexts(store, 4, 2);
  EXPECT_EQ(store.End(), end + 2);
}

TEST_F(StoreTest, WhatIsCommittedLaterIsFoundByWhoLookedBefore) {
  Store store(path_);
  AddTexts(store, 1, 2);
  StoreHistory history(path_);
  EXPECT_TRUE(history.Find(store.End() - 1));
  AddTexts(store, 3, 2);
  const auto entry = history.Find(store.End() - 1);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->event.first, SequenceNumber(4));
}

// A sink that is behind pruned entries asks for each of them.
TEST_F(StoreTest, PrunedEntriesAreNotLookedForOneByOne) {
  Store store(path_);
  const uint64_t now = 100 * kDayNs;
  const uint64_t first = store.End();
  Add(store, {RecordedText(1, "old", 1), RecordedText(2, "old", 1), RecordedText(3, "new", now)});
  store.Prune({0, std::chrono::days(1)}, now);
  StoreHistory history(path_);
  EXPECT_FALSE(history.Find(first));
  SQLite::Database(path_, SQLite::OPEN_READWRITE).exec("DELETE FROM entry");
  EXPECT_FALSE(history.Find(first + 1));
  EXPECT_TRUE(history.Find(first + 2));  // was read with the first question
}

TEST_F(StoreTest, CursorsAreKeptButNeverBeyondWhatIsStored) {
  {
    Store store(path_);
    AddTexts(store, 1, 5);
    EXPECT_EQ(store.Cursor("json"), std::nullopt);
    store.SaveCursors({{"json", store.Begin() + 2}, {"syslog", store.End() + 100}});
  }
  Store store(path_);
  EXPECT_EQ(store.Cursor("json"), store.Begin() + 2);
  EXPECT_EQ(store.Cursor("syslog"), store.End());
}

TEST_F(StoreTest, OldEntriesGoByAge) {
  Store store(path_);
  const uint64_t now = 100 * kDayNs;
  const uint64_t first = store.End();
  Add(store, {RecordedText(1, "old", now - 11 * kDayNs), RecordedText(2, "young", now - 9 * kDayNs),
              RecordedText(3, "new", now)});
  EXPECT_FALSE(store.Prune({0, std::chrono::days(10)}, now));
  EXPECT_EQ(store.Begin(), first + 1);
  StoreHistory history(path_);
  EXPECT_FALSE(history.Find(first));
  EXPECT_TRUE(history.Find(first + 1));
}

TEST_F(StoreTest, TheNewestEntryStaysSoThatNumbersGoOn) {
  uint64_t end = 0;
  {
    Store store(path_);
    Add(store, {RecordedText(1, "old", 1)});
    store.Prune({0, std::chrono::days(1)}, 100 * kDayNs);
    end = store.End();
  }
  EXPECT_EQ(Store(path_).End(), end);
}

TEST_F(StoreTest, OldestEntriesGoUntilTheSizeFits) {
  constexpr uint64_t kMax = 1 << 20;
  Store store(path_);
  AddTexts(store, 1, 20'000);
  ASSERT_GT(store.Size(), kMax);
  for (int i = 0; i < 20 && store.Size() > kMax; ++i) store.Prune({kMax, {}}, kTestTime);
  EXPECT_LE(store.Size(), kMax);
  EXPECT_GT(store.End() - store.Begin(), 1000u);
  EXPECT_FALSE(store.Prune({kMax, {}}, kTestTime));
}

TEST_F(StoreTest, PlainSqlReadsIt) {
  Store store(path_);
  Add(store, {RecordedTape(2)});
  SQLite::Database database(path_);
  SQLite::Statement select(database,
                           "SELECT boot_id, sequence, time, device, message_id FROM events");
  ASSERT_TRUE(select.executeStep());
  EXPECT_EQ(select.getColumn(0).getString(), TestBootId().ToString());
  EXPECT_EQ(select.getColumn(1).getInt(), 2);
  EXPECT_EQ(select.getColumn(2).getString(), "2026-11-23T02:20:01.000000789Z");
  EXPECT_EQ(select.getColumn(3).getString(), "0.0.0580");
  EXPECT_EQ(select.getColumn(4).getString(), "TAP001I");
}

TEST_F(StoreTest, FileOfANewerVersionIsRefusedAndLeftAlone) {
  {
    Store store(path_);
    AddTexts(store, 1, 1);
  }
  SQLite::Database(path_, SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 99");
  EXPECT_NE(Refusal().find("newer logd (version 99"), std::string::npos) << Refusal();
  EXPECT_EQ(SQLite::Database(path_).execAndGet("SELECT count(*) FROM entry").getInt(), 1);
}

TEST_F(StoreTest, DatabaseOfSomebodyElseIsRefusedAndLeftAlone) {
  SQLite::Database(path_, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("CREATE TABLE theirs (x)");
  EXPECT_NE(Refusal().find("not of logd"), std::string::npos) << Refusal();
  EXPECT_EQ(SQLite::Database(path_).execAndGet("SELECT count(*) FROM sqlite_master").getInt(), 1);
}

TEST_F(StoreTest, FileThatIsNoDatabaseIsRefusedAndLeftAlone) {
  const std::string text(8192, 'x');
  std::ofstream(path_) << text;
  EXPECT_NE(Refusal().find("is no database"), std::string::npos) << Refusal();
  EXPECT_EQ(Contents(path_), text);
}

TEST_F(StoreTest, FolderThatIsNotThereIsNamed) {
  path_ = dir_.File("no/events.db");
  EXPECT_NE(Refusal().find(path_ + " cannot be opened: No such file"), std::string::npos)
      << Refusal();
}

}  // namespace
}  // namespace s390log
