// SPDX-License-Identifier: MIT
#include "s390log/channel_reader.h"

#include <gtest/gtest.h>
#include <linux/s390_log.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>

#include "tests/host/fake_channel.h"
#include "tests/host/item_text.h"

namespace s390log {
namespace {

constexpr uint32_t kSubbuf = 4096;
constexpr size_t kHeader = sizeof(s390_log_subbuf);
// Text that makes a record of exactly `bytes` bytes.
std::string Filler(size_t bytes) { return std::string(bytes - sizeof(s390_log_record), 'x'); }
constexpr size_t kBig = 1000;  // four of them and the header fill a sub-buffer exactly

void Overwrite(std::span<std::byte> memory, size_t offset, uint32_t value) {
  std::memcpy(memory.data() + offset, &value, sizeof(value));
}

TEST(ChannelReader, GeometryThatDoesNotFitIsRefused) {
  FakeChannel channel(2, kSubbuf, 2);
  Overwrite(channel.PositionMemory(), 0x10, 1);
  EXPECT_THROW(ChannelReader reader(channel), std::runtime_error);
}

TEST(ChannelReader, MalformedRecordLosesTheRestOfItsSubbufferOnly) {
  FakeChannel channel(1, kSubbuf, 4);
  for (int i = 0; i < 6; ++i) channel.EmitText(0, Filler(kBig));
  Overwrite(channel.Memory(0), kHeader + kBig, 5);  // the length of record 2
  ChannelReader reader(channel);
  EXPECT_EQ(ReadAll(reader), "1 -2..4 5 6");
  EXPECT_EQ(reader.FaultCount(), 1u);
  EXPECT_EQ(ToString(*reader.LastFault()), "record shorter than its header at offset 0x448");
}

TEST(ChannelReader, MalformedHeaderLosesItsSubbufferOnly) {
  FakeChannel channel(1, kSubbuf, 4);
  for (int i = 0; i < 5; ++i) channel.EmitText(0, Filler(kBig));
  Overwrite(channel.Memory(0), 0x2c, 9);
  ChannelReader reader(channel);
  EXPECT_EQ(ReadAll(reader), "-1..4 5");
  EXPECT_EQ(reader.LastFault()->kind, FaultKind::kBadGeometry);
}

TEST(ChannelReader, HeaderInTheOtherByteOrderIsOfNoKernelOfOurs) {
  FakeChannel channel(1, kSubbuf, 4);
  channel.EmitText(0, "a");
  for (const auto& [at, length] :
       {std::pair{0x00, 4}, {0x04, 2}, {0x06, 2}, {0x24, 4}, {0x28, 4}}) {
    std::ranges::reverse(channel.Memory(0).subspan(at, length));
  }
  ChannelReader reader(channel);
  EXPECT_EQ(ReadAll(reader), "-1");
  EXPECT_EQ(ToString(*reader.LastFault()), ToString({FaultKind::kBadMagic, 0x00}));
}

TEST(ChannelReader, UnreadableNumbersAreNotCalledDropped) {
  FakeChannel channel(1, kSubbuf, 4);
  channel.EmitText(0, "a");
  Overwrite(channel.Memory(0), kHeader, 5);
  ChannelReader reader(channel);
  reader.Look();
  EXPECT_EQ(ToString(std::get<Missing>(*reader.Next()).cause), "unreadable records on CPU 0");
}

TEST(ChannelReader, RecordWithANumberThatWasNeverGivenIsRejected) {
  FakeChannel channel(1, kSubbuf, 4);
  channel.EmitText(0, "a");
  const uint64_t impossible = 99;
  std::memcpy(channel.Memory(0).data() + kHeader + 8, &impossible, sizeof(impossible));
  ChannelReader reader(channel);
  EXPECT_EQ(ReadAll(reader), "-1");  // it could be in flight: it is kept back at first
  EXPECT_EQ(ReadAll(reader), "");
  EXPECT_EQ(reader.FaultCount(), 1u);
}

// Whatever the bytes are: every number comes once, in order, and nothing outside is touched (which
// the sanitizers see).
TEST(ChannelReader, DamagedBuffersStillYieldEveryNumberOnce) {
  std::mt19937 random(4711);
  for (int round = 0; round < 300; ++round) {
    FakeChannel channel(2, kSubbuf, 4);
    for (int i = 0; i < 60; ++i) channel.EmitText(random() % 2, std::string(random() % 300, 'x'));
    for (int i = 0; i < 20; ++i) {
      const std::span<std::byte> memory = channel.Memory(random() % 2);
      // Most of the damage where the headers are.
      const size_t at = random() % (random() % 2 == 0 ? 128 : memory.size());
      memory[at] = static_cast<std::byte>(random());
    }
    ChannelReader reader(channel);
    SequenceNumber next(1);
    for (int look = 0; look < 3; ++look) {
      reader.Look();
      while (const auto item = reader.Next()) {
        const Record* record = std::get_if<Record>(&*item);
        ASSERT_EQ(record ? record->sequence : std::get<Missing>(*item).first, next);
        next = (record ? record->sequence : std::get<Missing>(*item).last).Next();
      }
    }
    ASSERT_EQ(next, SequenceNumber(61));
    reader.GiveBack(SequenceNumber(60));
  }
}

TEST(ChannelReader, EmptyChannelYieldsNothing) {
  FakeChannel channel(2, kSubbuf, 2);
  ChannelReader reader(channel);
  EXPECT_EQ(ReadAll(reader), "");
  EXPECT_EQ(reader.Emitted(), SequenceNumber(0));
}

TEST(ChannelReader, CpusAreMergedInTheOrderOfNumbers) {
  FakeChannel channel(3, kSubbuf, 2);
  for (const uint32_t cpu : {2u, 0u, 0u, 1u, 2u, 1u, 0u}) channel.EmitText(cpu, "x");
  ChannelReader reader(channel);
  EXPECT_EQ(ReadAll(reader), "1 2 3 4 5 6 7");
}

TEST(ChannelReader, NumbersAbovePendingWaitForTheirTurn) {
  FakeChannel channel(2, kSubbuf, 2);
  channel.Pend(0);
  const SequenceNumber first = channel.TakeNumber(0);
  channel.EmitText(1, "second");
  ChannelReader reader(channel);
  EXPECT_EQ(ReadAll(reader), "");
  EXPECT_EQ(reader.Emitted(), SequenceNumber(2));
  EXPECT_EQ(reader.Low(), SequenceNumber(0));
  channel.Write(0, first, Text("first"));
  EXPECT_EQ(ReadAll(reader), "");
  channel.Clear(0);
  EXPECT_EQ(ReadAll(reader), "1 2");
}

TEST(ChannelReader, PendingThatIsOlderThanItsNumberOnlyDelays) {
  FakeChannel channel(2, kSubbuf, 2);
  channel.Pend(0);  // says 1, and will take 3
  channel.EmitText(1, "a");
  channel.EmitText(1, "b");
  ChannelReader reader(channel);
  EXPECT_EQ(ReadAll(reader), "");
  const SequenceNumber third = channel.TakeNumber(0);
  channel.Write(0, third, Text("c"));
  channel.Clear(0);
  EXPECT_EQ(ReadAll(reader), "1 2 3");
}

TEST(ChannelReader, LowMayFallBelowWhatWasDelivered) {
  FakeChannel channel(2, kSubbuf, 2);
  ChannelReader reader(channel);
  channel.Pend(0);
  channel.Clear(0);
  channel.EmitText(1, "a");
  EXPECT_EQ(ReadAll(reader), "1");
  FakeChannel late(2, kSubbuf, 2);
  ChannelReader other(late);
  late.EmitText(1, "a");
  EXPECT_EQ(ReadAll(other), "1");
  Overwrite(late.PositionMemory(), 256 + (kNativeOrder == ByteOrder::kBig ? 4 : 0), 1);
  late.EmitText(1, "b");
  EXPECT_EQ(ReadAll(other), "");
  late.Clear(0);
  EXPECT_EQ(ReadAll(other), "2");
}

TEST(ChannelReader, PaddingAtTheEndOfASubbufferIsNotARecord) {
  FakeChannel channel(1, kSubbuf, 4);
  for (int i = 0; i < 10; ++i) channel.EmitText(0, Filler(1200));  // three fit
  ChannelReader reader(channel);
  EXPECT_EQ(ReadAll(reader), "1 2 3 4 5 6 7 8 9 10");
}

TEST(ChannelReader, SubbufferFilledToTheLastByteIsReadAndNotYetFinished) {
  FakeChannel channel(1, kSubbuf, 4);
  for (int i = 0; i < 4; ++i) channel.EmitText(0, Filler(kBig));
  ChannelReader reader(channel);
  EXPECT_EQ(ReadAll(reader), "1 2 3 4");
  reader.GiveBack(SequenceNumber(4));
  EXPECT_EQ(channel.Consumed(0), 0u);
  channel.EmitText(0, "next");
  EXPECT_EQ(ReadAll(reader), "5");
  reader.GiveBack(SequenceNumber(4));
  EXPECT_EQ(channel.Consumed(0), 1u);
}

TEST(ChannelReader, SubbufferGoesBackOnlyWhenItsLastNumberIsTaken) {
  FakeChannel channel(1, kSubbuf, 4);
  for (int i = 0; i < 5; ++i) channel.EmitText(0, Filler(kBig));
  ChannelReader reader(channel);
  EXPECT_EQ(ReadAll(reader), "1 2 3 4 5");
  reader.GiveBack(SequenceNumber(3));
  EXPECT_EQ(channel.Consumed(0), 0u);
  reader.GiveBack(SequenceNumber(4));
  EXPECT_EQ(channel.Consumed(0), 1u);
}

TEST(ChannelReader, FullBufferLosesExactlyTheNumbersThatWereDropped) {
  FakeChannel channel(2, kSubbuf, 2);
  for (int i = 0; i < 8; ++i) channel.EmitText(0, Filler(kBig));
  channel.EmitText(0, "dropped");
  channel.EmitText(1, "kept");
  channel.EmitText(0, "dropped");
  channel.EmitText(0, "dropped");
  ChannelReader reader(channel);
  EXPECT_EQ(ReadAll(reader), "1 2 3 4 5 6 7 8 -9 10 -11..12");
  reader.GiveBack(SequenceNumber(12));
  EXPECT_EQ(channel.Consumed(0), 2u);
  channel.EmitText(0, "room again");
  EXPECT_EQ(ReadAll(reader), "13");
}

TEST(ChannelReader, GapNamesTheCpuWhoseBufferWasFull) {
  FakeChannel channel(2, kSubbuf, 2);
  for (int i = 0; i < 9; ++i) channel.EmitText(1, Filler(kBig));
  ChannelReader reader(channel);
  reader.Look();
  std::optional<Item> item;
  for (int i = 0; i < 9; ++i) item = reader.Next();
  EXPECT_EQ(ToString(std::get<Missing>(*item).cause), "buffer full on CPU 1");
}

TEST(ChannelReader, CpuThatComesOnlineLaterIsRead) {
  FakeChannel channel(2, kSubbuf, 2);
  channel.SetOffline(1);
  ChannelReader reader(channel);
  channel.EmitText(0, "a");
  EXPECT_EQ(ReadAll(reader), "1");
  channel.SetOnline(1);
  EXPECT_EQ(ReadAll(reader), "");
  channel.EmitText(1, "b");
  EXPECT_EQ(ReadAll(reader), "2");
}

TEST(ChannelReader, EventOnACpuWithoutABufferIsAGap) {
  FakeChannel channel(2, kSubbuf, 2);
  channel.SetOffline(1);
  ChannelReader reader(channel);
  channel.EmitText(1, "nowhere");
  channel.EmitText(0, "a");
  EXPECT_EQ(ReadAll(reader), "-1 2");
}

TEST(ChannelReader, BuffersWrapForEver) {
  FakeChannel channel(1, kSubbuf, 3);
  ChannelReader reader(channel);
  for (uint64_t i = 1; i <= 200; ++i) {
    channel.EmitText(0, Filler(kBig));
    ASSERT_EQ(ReadAll(reader), std::to_string(i));
    reader.GiveBack(SequenceNumber(i));
  }
}

TEST(Restart, AfterACleanEndNothingComesTwiceAndNothingIsCalledLost) {
  FakeChannel channel(2, kSubbuf, 2);
  {
    ChannelReader former(channel);
    for (int i = 0; i < 9; ++i) channel.EmitText(0, Filler(kBig));  // the ninth is dropped
    EXPECT_EQ(ReadAll(former), "1 2 3 4 5 6 7 8 -9");
    former.GiveBack(SequenceNumber(9));
  }
  ChannelReader reader(channel);
  EXPECT_EQ(ReadAll(reader), "");
  EXPECT_EQ(reader.Before(), 9u);
  channel.EmitText(1, "a");
  channel.EmitText(0, "b");
  EXPECT_EQ(ReadAll(reader), "10 11");
}

TEST(Restart, WhatHappenedMeanwhileIsDeliveredAndItsLossNamed) {
  FakeChannel channel(2, kSubbuf, 2);
  channel.EmitText(0, "a");
  {
    ChannelReader former(channel);
    EXPECT_EQ(ReadAll(former), "1");
    former.GiveBack(SequenceNumber(1));
  }
  for (int i = 0; i < 9; ++i) channel.EmitText(0, Filler(kBig));  // three and "a", then four, fit
  channel.EmitText(1, "b");
  ChannelReader reader(channel);
  EXPECT_EQ(ReadAll(reader), "2 3 4 5 6 7 8 -9..10 11");
  EXPECT_EQ(reader.Before(), 1u);
}

TEST(Restart, AfterAKillExactlyWhatWasNotTakenComesAgain) {
  FakeChannel channel(2, kSubbuf, 4);
  {
    ChannelReader former(channel);
    channel.EmitText(1, "a");                                       // 1
    for (int i = 0; i < 5; ++i) channel.EmitText(0, Filler(kBig));  // 2 to 6
    channel.EmitText(1, "b");                                       // 7
    EXPECT_EQ(ReadAll(former), "1 2 3 4 5 6 7");
    former.GiveBack(SequenceNumber(5));
    EXPECT_EQ(channel.Consumed(0), 1u);
    EXPECT_EQ(channel.Consumed(1), 0u);
  }
  ChannelReader reader(channel);
  EXPECT_EQ(ReadAll(reader), "6 7");
  EXPECT_EQ(reader.Before(), 5u);
  EXPECT_EQ(reader.FaultCount(), 0u);
}

TEST(Restart, DropsBeforeTheFirstConsumerAreNamed) {
  FakeChannel channel(1, kSubbuf, 2);
  for (int i = 0; i < 9; ++i) channel.EmitText(0, Filler(kBig));
  ChannelReader reader(channel);
  EXPECT_EQ(ReadAll(reader), "1 2 3 4 5 6 7 8 -9");
  EXPECT_EQ(reader.Before(), 0u);
}

}  // namespace
}  // namespace s390log
