// SPDX-License-Identifier: MIT
//
// Reading what may be overwritten: overwrite mode, observers, and changes of the mode.
#include <gtest/gtest.h>
#include <linux/s390_log.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>

#include "s390log/channel_reader.h"
#include "tests/host/fake_channel.h"
#include "tests/host/item_text.h"

namespace s390log {
namespace {

constexpr uint32_t kSubbuf = 4096;
std::string Filler(size_t bytes) { return std::string(bytes - sizeof(s390_log_record), 'x'); }
constexpr size_t kBig = 1000;  // four of them and the header fill a sub-buffer exactly

class Overwrite : public testing::Test {
 protected:
  void SetUp() override { channel_.SetMode(ChannelMode::kOverwrite); }

  void EmitBig(int count, uint32_t cpu = 0) {
    for (int i = 0; i < count; ++i) channel_.EmitText(cpu, Filler(kBig));
  }

  FakeChannel channel_{2, kSubbuf, 3};
};

TEST_F(Overwrite, OldestSubbuffersAreLostAndNamed) {
  EmitBig(20);  // five sub-buffers
  ChannelReader reader(channel_);
  EXPECT_EQ(ReadAll(reader), "-1..8 9 10 11 12 13 14 15 16 17 18 19 20");
  EXPECT_EQ(channel_.Overwritten(0).size(), 8u);
}

TEST_F(Overwrite, LossNamesItsCauseAndItsCpu) {
  EmitBig(20);
  ChannelReader reader(channel_);
  reader.Look();
  EXPECT_EQ(ToString(std::get<Missing>(*reader.Next()).cause),
            "overwritten before it was read on CPU 0");
}

TEST_F(Overwrite, WriterThatComesRoundBetweenLooksCostsExactlyWhatItOverwrote) {
  ChannelReader reader(channel_);
  EmitBig(3);
  EXPECT_EQ(ReadAll(reader), "1 2 3");
  EmitBig(17);
  EXPECT_EQ(ReadAll(reader), "-4..8 9 10 11 12 13 14 15 16 17 18 19 20");
}

TEST_F(Overwrite, WriterThatComesRoundAfterTheLookLosesOnlyNumbersOfThatTime) {
  ChannelReader reader(channel_);
  EmitBig(10);
  reader.Look();
  EmitBig(14);  // 1 to 12 are gone
  std::string text;
  while (const auto item = reader.Next()) text += ToText(*item) + " ";
  EXPECT_EQ(text, "1 2 3 4 -5..10 ");  // the first sub-buffer had been copied
  EXPECT_EQ(ReadAll(reader), "-11..12 13 14 15 16 17 18 19 20 21 22 23 24");
}

// A record that was handed out stays as it was, whatever the writer does meanwhile.
TEST_F(Overwrite, RecordIsNotTornByAWriterThatComesRound) {
  ChannelReader reader(channel_);
  channel_.EmitText(0, "the first");
  reader.Look();
  const Record record = std::get<Record>(*reader.Next());
  EmitBig(40);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(record.payload.data()), 9), "the first");
}

TEST_F(Overwrite, OneCpuCanBeLappedWhileTheOtherIsNot) {
  ChannelReader reader(channel_);
  channel_.EmitText(1, "a");  // 1
  EmitBig(13);                // 2 to 14, of which 2 to 5 are overwritten
  channel_.EmitText(1, "b");  // 15
  EXPECT_EQ(ReadAll(reader), "1 -2..5 6 7 8 9 10 11 12 13 14 15");
}

TEST_F(Overwrite, NewConsumerNamesWhatWasOverwrittenSinceTheLast) {
  {
    ChannelReader former(channel_);
    EmitBig(5);
    EXPECT_EQ(ReadAll(former), "1 2 3 4 5");
    former.GiveBack(SequenceNumber(5));
  }
  EmitBig(15);
  ChannelReader reader(channel_);
  EXPECT_EQ(ReadAll(reader), "-6..8 9 10 11 12 13 14 15 16 17 18 19 20");
  EXPECT_EQ(reader.Before(), 5u);
}

TEST_F(Overwrite, GivingBackBeyondWhatWasLappedWorks) {
  ChannelReader reader(channel_);
  for (uint64_t round = 1; round <= 5; ++round) {
    EmitBig(100);
    ReadAll(reader);
    reader.GiveBack(SequenceNumber(100 * round));
    EXPECT_GE(channel_.Consumed(0), 25 * round - 1);
  }
}

TEST_F(Overwrite, ObserverSeesWhatIsThereAndCallsNothingBeforeItLost) {
  EmitBig(20);
  channel_.SetObserver();
  ChannelReader observer(channel_);
  EXPECT_EQ(ReadAll(observer), "9 10 11 12 13 14 15 16 17 18 19 20");
  EXPECT_EQ(observer.Before(), 8u);
}

TEST(Observer, IsLappedWhenTheConsumerGivesBack) {
  FakeChannel channel(1, kSubbuf, 2);
  ChannelReader consumer(channel);
  channel.SetObserver();
  ChannelReader observer(channel);
  for (int i = 0; i < 5; ++i) channel.EmitText(0, Filler(kBig));
  EXPECT_EQ(ReadAll(observer), "1 2 3 4 5");
  for (int i = 0; i < 10; ++i) {
    channel.EmitText(0, Filler(kBig));
    ReadAll(consumer);
    channel.GiveBack(0, static_cast<uint64_t>(5 + i) / 4);
  }
  EXPECT_EQ(ReadAll(observer), "-6..8 9 10 11 12 13 14 15");
}

TEST(ModeChange, NothingIsReadTwiceOrLost) {
  FakeChannel channel(1, kSubbuf, 2);
  ChannelReader reader(channel);
  channel.EmitText(0, Filler(kBig));
  channel.EmitText(0, Filler(kBig));
  reader.Look();
  EXPECT_EQ(ToText(*reader.Next()), "1");
  reader.SetMode(ChannelMode::kOverwrite);
  EXPECT_EQ(ReadAll(reader), "2");
  for (int i = 0; i < 10; ++i) channel.EmitText(0, Filler(kBig));  // 1 to 4 are overwritten
  reader.SetMode(ChannelMode::kNoOverwrite);
  EXPECT_EQ(ReadAll(reader), "-3..4 5 6 7 8 9 10 11 12");
  channel.EmitText(0, "dropped: nothing was given back");
  EXPECT_EQ(ReadAll(reader), "-13");
  reader.GiveBack(SequenceNumber(13));
  channel.EmitText(0, "room");
  EXPECT_EQ(ReadAll(reader), "14");
  EXPECT_EQ(reader.FaultCount(), 0u);
}

TEST(ModeChange, FullBufferGoesOnInOverwriteMode) {
  FakeChannel channel(1, kSubbuf, 2);
  ChannelReader reader(channel);
  for (int i = 0; i < 10; ++i) channel.EmitText(0, Filler(kBig));  // 9 and 10 are dropped
  reader.SetMode(ChannelMode::kOverwrite);
  channel.EmitText(0, Filler(kBig));
  EXPECT_EQ(ReadAll(reader), "-1..4 5 6 7 8 -9..10 11");
}

// Writers far quicker than the reader, for ever: each number once, in order, each record whole.
TEST(OverwriteRace, ReaderThatIsLappedAllTheTimeGetsEachNumberOnceAndNothingTorn) {
  constexpr uint64_t kEach = 100'000;
  FakeChannel channel(2, kSubbuf, 2);
  channel.SetMode(ChannelMode::kOverwrite);
  ChannelReader reader(channel);
  std::atomic<int> running{2};
  std::vector<std::thread> writers;
  for (uint32_t cpu = 0; cpu < 2; ++cpu) {
    writers.emplace_back([&, cpu] {
      for (uint64_t i = 0; i < kEach; ++i) {
        channel.EmitText(cpu, std::string(1 + i % 300, static_cast<char>('a' + i % 26)));
      }
      --running;
    });
  }
  SequenceNumber next(1);
  uint64_t read = 0;
  uint64_t unexplained = 0;
  bool last_round = false;
  while (!last_round) {
    last_round = running == 0;
    reader.Look();
    while (const auto item = reader.Next()) {
      if (const Record* record = std::get_if<Record>(&*item)) {
        ASSERT_EQ(record->sequence, next);
        next = next.Next();
        ++read;
        const auto payload = record->payload;
        for (const std::byte byte : payload) ASSERT_EQ(byte, payload[0]) << "torn";
      } else {
        const Missing& missing = std::get<Missing>(*item);
        ASSERT_EQ(missing.first, next);
        next = missing.last.Next();
        if (missing.cause.kind != LossKind::kOverwritten) ++unexplained;
      }
    }
    reader.GiveBack(reader.Delivered());
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(next, SequenceNumber(2 * kEach + 1));
  EXPECT_GT(read, 0u);
  EXPECT_EQ(unexplained, 0u);
  EXPECT_EQ(reader.FaultCount(), 0u);
}

}  // namespace
}  // namespace s390log
