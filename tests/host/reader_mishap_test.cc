// SPDX-License-Identifier: MIT
//
// Restarts, changes of the mode and damage at the worst moments, each found once by review or
// fuzzing.
#include <gtest/gtest.h>
#include <linux/s390_log.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "s390log/channel_reader.h"
#include "tests/host/fake_channel.h"
#include "tests/host/item_text.h"

namespace s390log {
namespace {

constexpr uint32_t kSubbuf = 4096;
std::string Filler(size_t bytes) { return std::string(bytes - sizeof(s390_log_record), 'x'); }
constexpr size_t kBig = 1000;  // four of them and the header fill a sub-buffer exactly

// As ReadAll(), and the cause of each hole.
std::string ReadCauses(ChannelReader& reader) {
  reader.Look();
  std::string text;
  while (const auto item = reader.Next()) {
    text += (text.empty() ? "" : " ") + ToText(*item);
    if (const Missing* missing = std::get_if<Missing>(&*item))
      text += "(" + ToString(missing->cause) + ")";
  }
  return text;
}

void Emit(FakeChannel& channel, int count, uint32_t cpu = 0, size_t bytes = kBig) {
  for (int i = 0; i < count; ++i) channel.EmitText(cpu, Filler(bytes));
}

// Killed between TAKEN(8) + CONSUMED(2) and TAKEN(10).
TEST(Restart, DropsThatTheFormerConsumerHadNotAnsweredForAreExplained) {
  FakeChannel channel(1, kSubbuf, 2);
  {
    ChannelReader former(channel);
    Emit(channel, 10);  // 9 and 10 are dropped
    EXPECT_EQ(ReadAll(former), "1 2 3 4 5 6 7 8 -9..10");
    former.GiveBack(SequenceNumber(8));
    channel.EmitText(0, "room");  // 11, in a sub-buffer whose header counts 2 lost
  }
  ChannelReader reader(channel);
  EXPECT_EQ(ReadCauses(reader), "-9..10(buffer full on CPU 0) 11");
}

// Killed after the writer came round, before the gap was taken.
TEST(Restart, OverwrittenNumbersThatTheFormerConsumerHadNotAnsweredForAreExplained) {
  FakeChannel channel(1, kSubbuf, 2);
  channel.SetMode(ChannelMode::kOverwrite);
  {
    ChannelReader former(channel);
    Emit(channel, 2);
    EXPECT_EQ(ReadAll(former), "1 2");
    former.GiveBack(SequenceNumber(2));
    Emit(channel, 18);
    EXPECT_EQ(ReadAll(former), "-3..12 13 14 15 16 17 18 19 20");
    former.GiveBack(SequenceNumber(2));  // no sink has taken the gap yet
  }
  ChannelReader reader(channel);
  EXPECT_EQ(ReadCauses(reader),
            "-3..12(overwritten before it was read on CPU 0) 13 14 15 16 17 18 19 20");
}

// A head was peeked in place, its sub-buffer is filled to the last byte, the writer comes round.
TEST(ModeChange, HeadThatTheMergerHoldsSurvives) {
  FakeChannel channel(2, kSubbuf, 2);
  ChannelReader reader(channel);
  channel.EmitText(1, "first");  // 1
  Emit(channel, 4);              // 2 to 5
  reader.Look();
  EXPECT_EQ(ToText(*reader.Next()), "1");
  reader.SetMode(ChannelMode::kOverwrite);
  Emit(channel, 8);  // 6 to 13, in the places of all before
  std::string text;
  while (const auto item = reader.Next()) text += ToText(*item) + " ";
  EXPECT_EQ(text, "2 3 4 5 ");
}

// The same without the last byte: a head above low, and another look.
TEST(ModeChange, HeadAboveLowSurvivesALook) {
  FakeChannel channel(2, kSubbuf, 2);
  ChannelReader reader(channel);
  channel.Pend(1);
  const SequenceNumber first = channel.TakeNumber(1);  // 1, is being written
  Emit(channel, 2);                                    // 2 and 3
  EXPECT_EQ(ReadAll(reader), "");                      // low is 0; 2 is the head of CPU 0
  reader.SetMode(ChannelMode::kOverwrite);
  Emit(channel, 12);  // 4 to 15
  channel.Write(1, first, Text("late"));
  channel.Clear(1);
  EXPECT_EQ(ReadCauses(reader),
            "1 2 3 -4..9(overwritten before it was read on CPU 0) 10 11 12 13 14 15");
}

// A CPU that was silent at an observer's first look.
TEST(Observer, CpuThatBeganToWriteLaterIsReadFromItsBeginning) {
  FakeChannel channel(2, kSubbuf, 4);
  ChannelReader consumer(channel);
  channel.SetObserver();
  ChannelReader observer(channel);
  channel.EmitText(0, "a");
  EXPECT_EQ(ReadAll(observer), "1");
  Emit(channel, 5, 1);  // 2 to 6
  ReadAll(consumer);
  channel.GiveBack(1, 1);
  EXPECT_EQ(ReadCauses(observer), "2 3 4 5 6");
}

// Drops that a former consumer has reported stay on account.
TEST(Restart, DropsThatWereAnsweredForAreNotBlamedAgain) {
  FakeChannel channel(2, kSubbuf, 2);
  {
    ChannelReader former(channel);
    Emit(channel, 9);
    ReadAll(former);
    former.GiveBack(SequenceNumber(9));
  }
  ChannelReader reader(channel);
  EXPECT_EQ(ReadAll(reader), "");
  Emit(channel, 9, 1);
  EXPECT_EQ(ReadCauses(reader), "10 11 12 13 14 15 16 17 -18(buffer full on CPU 1)");
}

TEST(Observer, DropsFromBeforeItsTimeAreNotBlamed) {
  FakeChannel channel(2, kSubbuf, 2);
  Emit(channel, 9);
  {
    ChannelReader consumer(channel);
    ReadAll(consumer);
    consumer.GiveBack(SequenceNumber(9));
  }
  Emit(channel, 8);  // 10 to 17, so that nothing of the former is left
  channel.SetObserver();
  ChannelReader observer(channel);
  EXPECT_EQ(ReadAll(observer), "10 11 12 13 14 15 16 17");
  Emit(channel, 9, 1);
  EXPECT_EQ(ReadCauses(observer), "18 19 20 21 22 23 24 25 -26(buffer full on CPU 1)");
}

// `records` of a sub-buffer's header is wild, and the sum in the ledger overflows.
TEST(Damaged, RecordsOfAHeaderCannotTurnTheNumbersBack) {
  FakeChannel channel(2, kSubbuf, 2);
  channel.SetMode(ChannelMode::kOverwrite);
  ChannelReader reader(channel);
  for (int i = 0; i < 5; ++i) channel.EmitText(1, "x");
  Emit(channel, 2);
  EXPECT_EQ(ReadAll(reader), "1 2 3 4 5 6 7");
  Emit(channel, 18);  // 18 is the first of sub-buffer 3
  const uint64_t wild = UINT64_MAX;
  std::memcpy(channel.Memory(0).data() + kSubbuf + 0x40, &wild, sizeof(wild));
  reader.Look();
  SequenceNumber next(8);
  for (int i = 0; i < 20; ++i) {
    const auto item = reader.Next();
    if (!item) break;
    const Record* record = std::get_if<Record>(&*item);
    ASSERT_EQ(record ? record->sequence : std::get<Missing>(*item).first, next);
    if (record == nullptr) {
      ASSERT_GE(std::get<Missing>(*item).last, next) << "numbers run backwards";
    }
    next = (record ? record->sequence : std::get<Missing>(*item).last).Next();
  }
  EXPECT_EQ(next, SequenceNumber(26));
}

// `used` that is too small loses records without a fault.
TEST(Damaged, UsedThatEndsBeforeTheRecordsIsAFault) {
  FakeChannel channel(1, kSubbuf, 4);
  Emit(channel, 5);
  const uint32_t used = 8;
  std::memcpy(channel.Memory(0).data() + 0x20, &used, sizeof(used));
  ChannelReader reader(channel);
  EXPECT_EQ(ReadCauses(reader), "-1..4(unreadable records on CPU 0) 5");
  EXPECT_EQ(reader.FaultCount(), 1u);
}

// A position far away.
TEST(Damaged, PositionThatWasNeverBegunEndsInTime) {
  const auto read = [] {
#ifndef SANITIZED
    const rlimit limit{uint64_t{1} << 30, uint64_t{1} << 30};
    setrlimit(RLIMIT_AS, &limit);
#endif
    alarm(20);
    FakeChannel channel(1, kSubbuf, 4);
    Emit(channel, 5);
    const uint64_t wild = uint64_t{1} << 60;
    std::memcpy(channel.PositionMemory().data() + 256 + 8, &wild, sizeof(wild));
    ChannelReader reader(channel);
    ReadAll(reader);
    _exit(0);
  };
  EXPECT_EXIT(read(), testing::ExitedWithCode(0), "");
}

// Records that have been copied are not thrown away with what could not be copied.
TEST(Copies, RecordsThatWereCopiedWholeAreYielded) {
  FakeChannel channel(2, kSubbuf, 2);
  channel.SetMode(ChannelMode::kOverwrite);
  ChannelReader reader(channel);
  channel.Pend(1);
  const SequenceNumber first = channel.TakeNumber(1);  // 1
  Emit(channel, 3);                                    // 2, 3, 4: copied at this look
  EXPECT_EQ(ReadAll(reader), "");
  Emit(channel, 12);  // 5 to 16: 2 to 8 are overwritten
  channel.Write(1, first, Text("late"));
  channel.Clear(1);
  EXPECT_EQ(ReadAll(reader), "1 2 3 4 -5..9 10 11 12 13 14 15 16");
}

}  // namespace
}  // namespace s390log
