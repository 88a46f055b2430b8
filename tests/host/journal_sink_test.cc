// SPDX-License-Identifier: MIT
#include "logd/journal_sink.h"

#include <gtest/gtest.h>

#include <set>

#include "s390log/catalog.h"
#include "tests/host/fake_channel.h"
#include "tests/host/journal_server.h"
#include "tests/host/pump.h"
#include "tests/host/temp_dir.h"
#include "tests/host/test_events.h"

namespace s390log {
namespace {

using Fields = JournalServer::Fields;

class JournalSinkTest : public testing::Test {
 protected:
  void Append(uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) backlog_.Append(TextEvent(backlog_.End() + 1));
  }
  bool PumpUntilTaken(uint64_t index) {
    return Pump(
        sink_, backlog_, [&] { return sink_.Taken() >= index; }, [&] { server_.Serve(); });
  }
  // The only one.
  Fields Received(const Event& event) {
    server_.Listen();
    backlog_.Append(event);
    EXPECT_TRUE(PumpUntilTaken(1));
    EXPECT_FALSE(server_.Broken());
    EXPECT_EQ(server_.Entries().size(), 1u);
    return server_.Entries().at(0);
  }
  std::set<std::string> Sequences() {
    std::set<std::string> sequences;
    for (const Fields& fields : server_.Entries()) sequences.insert(fields.at("S390_SEQUENCE"));
    return sequences;
  }

  TempDir dir_;
  JournalServer server_{dir_.File("socket")};
  JournalSink sink_{dir_.File("socket"), {"logd", 3}};
  Backlog backlog_{100'000, TestBootId().ToString(), 0, nullptr};
};

TEST_F(JournalSinkTest, JournalThatIsNotThereIsToldAndTriedAgain) {
  Append(1);
  const Clock::time_point now = Clock::now();
  sink_.Follow(backlog_, now);
  EXPECT_EQ(sink_.Report().reason, "cannot be reached: No such file or directory");
  EXPECT_EQ(sink_.GetWait(backlog_).deadline, now + Backoff::kFirst);
  server_.Listen();
  EXPECT_TRUE(PumpUntilTaken(1));
  EXPECT_TRUE(sink_.Up());
  EXPECT_EQ(sink_.Report().reason, "");
}

TEST_F(JournalSinkTest, PathThatIsTooLongIsTold) {
  JournalSink sink("/" + std::string(200, 'x'), {"logd", 3});
  sink.Follow(backlog_, Clock::now());
  EXPECT_EQ(sink.Report().reason, "its path is too long for a socket");
}

TEST_F(JournalSinkTest, EntryOfATapeHasItsFields) {
  Event event = TapeEvent(12, KEVENT_S390_TAPE_UNLOADED);
  event.volser = "VOL001";
  Fields fields = Received(event);
  EXPECT_EQ(fields.at("MESSAGE"), "Tape VOL001 unmounted from drive 0.0.0580 (3490)");
  EXPECT_EQ(fields.at("MESSAGE_ID"), "edc6176ae6f58a68bd54415030303249");
  EXPECT_EQ(fields.at("PRIORITY"), "6");
  EXPECT_EQ(fields.at("SYSLOG_IDENTIFIER"), "logd");
  EXPECT_EQ(fields.at("SYSLOG_FACILITY"), "3");
  EXPECT_EQ(fields.at("S390_SEQUENCE"), "12");
  EXPECT_EQ(fields.at("S390_BOOT_ID"), TestBootId().ToString());
  EXPECT_EQ(fields.at("S390_TIME"), "2026-11-23T02:20:01.000000789Z");
  EXPECT_EQ(fields.at("S390_EVENT"), "tape_unloaded");
  EXPECT_EQ(fields.at("S390_MESSAGE_ID"), "TAP002I");
  EXPECT_EQ(fields.at("S390_DEVICE"), "0.0.0580");
  EXPECT_EQ(fields.at("S390_VOLSER"), "VOL001");
  EXPECT_EQ(fields.at("S390_DEV_TYPE"), "3490");
  EXPECT_EQ(fields.at("S390_MATCH"), "complete");
  EXPECT_FALSE(fields.contains("S390_INFERRED"));
}

TEST_F(JournalSinkTest, GapHasItsRangeAndNoSequence) {
  const Fields fields = Received(GapEvent(3, 5));
  EXPECT_EQ(fields.at("S390_FIRST"), "3");
  EXPECT_EQ(fields.at("S390_LAST"), "5");
  EXPECT_EQ(fields.at("S390_COUNT"), "3");
  EXPECT_EQ(fields.at("S390_CAUSE"), "buffer full on CPU 1");
  EXPECT_EQ(fields.at("PRIORITY"), "4");
  EXPECT_FALSE(fields.contains("S390_SEQUENCE"));
}

TEST_F(JournalSinkTest, TextCanHoldAnything) {
  const std::string text = "a=b\n\nMESSAGE=forged\nPRIORITY=0\n\x01 \u20ac";
  const Fields fields = Received(TextEvent(1, text));
  EXPECT_EQ(fields.at("MESSAGE"), text);
  EXPECT_EQ(fields.at("S390_TEXT"), text);
  EXPECT_EQ(fields.at("PRIORITY"), "6");
}

TEST_F(JournalSinkTest, EntryThatIsTooLongForADatagramGoesAsAFile) {
  const std::string text(400'000, 'x');
  EXPECT_EQ(Received(TextEvent(1, text)).at("MESSAGE"), text);
  EXPECT_EQ(server_.Files(), 1);
}

TEST_F(JournalSinkTest, EveryMessageHasAnIdOfItsOwn) {
  std::set<std::string> ids;
  for (const CatalogEntry& entry : CatalogTable()) {
    const std::string id = JournalMessageId(entry.message_id);
    EXPECT_EQ(id.size(), 32u);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_TRUE(ids.insert(id).second) << entry.message_id;
  }
}

TEST_F(JournalSinkTest, JournalThatReadsNothingBlocksNothingAndHasEverythingLater) {
  server_.Listen();
  Append(20'000);
  const Clock::time_point start = Clock::now();
  Turn(sink_, backlog_, 20);
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(2));
  EXPECT_EQ(sink_.Taken(), 0u);
  EXPECT_FALSE(sink_.Flushed());
  EXPECT_TRUE(PumpUntilTaken(20'000));
  EXPECT_EQ(server_.Entries().size(), 20'000u);
  EXPECT_EQ(sink_.Report().repeated, 0u);
}

// What is in the queue of a socket that goes is gone, and only the sink knows of it.
// The clock stands still: however long it took to get there.
TEST_F(JournalSinkTest, JournalThatReadsIsSoonAskedIfItIsDone) {
  server_.Listen();
  Append(2 * JournalSink::kMaxUnread);
  const Clock::time_point now = Clock::now();
  int turns = 0;
  do {
    sink_.Follow(backlog_, now);
    server_.Serve(1);
  } while (sink_.GetWait(backlog_).events != 0 && ++turns < 10'000);
  ASSERT_GT(turns, 10);
  // All is sent that may be on its way, and some is unread.
  ASSERT_EQ(sink_.GetWait(backlog_).fd, -1);
  ASSERT_EQ(sink_.Taken(), 0u);
  EXPECT_LE(sink_.GetWait(backlog_).deadline, now + JournalSink::kFirstAsk);
}

TEST_F(JournalSinkTest, WhatTheJournalHadNotReadWhenItWentIsSentAgain) {
  server_.Listen();
  Append(10);
  EXPECT_TRUE(PumpUntilTaken(10));
  Append(10);
  Turn(sink_, backlog_, 3);
  EXPECT_EQ(sink_.Taken(), 10u);
  server_.Close();
  Turn(sink_, backlog_, 3);
  EXPECT_EQ(sink_.Taken(), 10u);
  server_.Listen();
  EXPECT_TRUE(PumpUntilTaken(20));
  EXPECT_EQ(server_.Entries().size(), 20u);
  EXPECT_EQ(sink_.Report().repeated, 10u);
}

// The socket of the new one has the same name: what is asked must be the old one.
TEST_F(JournalSinkTest, JournalThatIsReplacedUnseenIsNoReceipt) {
  server_.Listen();
  Append(5);
  Turn(sink_, backlog_, 3);
  server_.Listen();
  EXPECT_TRUE(PumpUntilTaken(5));
  EXPECT_EQ(server_.Entries().size(), 5u);
}

TEST_F(JournalSinkTest, JournalThatDiesAgainAndAgainHasAll) {
  Append(30'000);
  Clock::time_point now = Clock::now();
  const auto turn = [&](int datagrams) {
    now += Backoff::kLongest;  // no failure is waited out
    sink_.Follow(backlog_, now);
    server_.Serve(datagrams);
  };
  for (int i = 0; i < 40; ++i) {
    server_.Listen();
    for (int turns = 0; turns < 10; ++turns) turn(2);
    server_.Close();
  }
  server_.Listen();
  for (int turns = 0; turns < 10'000 && sink_.Taken() < 30'000; ++turns) turn(1000);
  EXPECT_EQ(sink_.Taken(), 30'000u);
  EXPECT_EQ(Sequences().size(), 30'000u);
  EXPECT_GT(sink_.Report().repeated, 0u);
  EXPECT_FALSE(server_.Broken());
}

}  // namespace
}  // namespace s390log
