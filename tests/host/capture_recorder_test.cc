// SPDX-License-Identifier: MIT
#include "s390log/capture_recorder.h"

#include <gtest/gtest.h>
#include <linux/s390_log.h>
#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include "s390log/channel_reader.h"
#include "s390log/subbuf_header.h"
#include "tests/host/capture_text.h"
#include "tests/host/fake_channel.h"
#include "tests/host/temp_dir.h"

namespace s390log {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

constexpr uint32_t kSubbuf = 4096;
constexpr size_t kHeader = sizeof(s390_log_subbuf);
std::string Filler(size_t bytes) { return std::string(bytes - sizeof(s390_log_record), 'x'); }
constexpr size_t kBig = 1000;  // four of them and the header fill a sub-buffer exactly

class Capture : public testing::Test {
 protected:
  void EmitBig(int count, uint32_t cpu = 0) {
    for (int i = 0; i < count; ++i) channel_.EmitText(cpu, Filler(kBig));
  }

  std::string File(const std::string& name) const { return folder_ + "/" + name; }
  uint32_t UsedOf(const std::string& name, size_t subbuf = 0) const {
    const std::string bytes = Contents(File(name));
    uint32_t used = 0;
    std::memcpy(&used, bytes.data() + subbuf * kSubbuf + offsetof(s390_log_subbuf, used), 4);
    return used;
  }

  FakeChannel channel_{2, kSubbuf, 3};
  TempDir dir_;
  const std::string folder_ = dir_.File("cap");
};

TEST_F(Capture, FolderWithACaptureIsRefusedAndLeftAlone) {
  channel_.EmitText(0, "a");
  CaptureRecorder(channel_, folder_, {}).Finish();
  const std::string before = Contents(File("cpu0"));
  EXPECT_THROW(CaptureRecorder(channel_, folder_, {}), std::runtime_error);
  EXPECT_EQ(Contents(File("cpu0")), before);
}

TEST_F(Capture, FolderThatCannotBeMadeIsTold) {
  EXPECT_THROW(CaptureRecorder(channel_, dir_.File("no/such"), {}), std::system_error);
}

TEST_F(Capture, ReplaysInOrder) {
  for (const uint32_t cpu : {1u, 0u, 0u, 1u, 1u, 0u}) channel_.EmitText(cpu, "x");
  CaptureRecorder(channel_, folder_, {}).Finish();
  const Replayed found = ReplayFolder(folder_);
  EXPECT_EQ(found.items, "1 2 3 4 5 6");
  EXPECT_TRUE(found.faults.empty());
  EXPECT_TRUE(found.end_is_known);
  EXPECT_EQ(found.emitted, 6u);
}

TEST_F(Capture, OfNothingReplaysToNothing) {
  CaptureRecorder(channel_, folder_, {}).Finish();
  const Replayed found = ReplayFolder(folder_);
  EXPECT_EQ(found.items, "");
  EXPECT_TRUE(found.end_is_known);
}

TEST_F(Capture, EachRecordIsInTheFileAfterTheRoundThatFollowsIt) {
  CaptureRecorder recorder(channel_, folder_, {});
  for (uint64_t i = 1; i <= 3; ++i) {
    EmitBig(1);
    recorder.Round();
    EXPECT_EQ(fs::file_size(File("cpu0")), kHeader + i * kBig);
    EXPECT_EQ(UsedOf("cpu0"), 0u);
  }
  EmitBig(2);
  recorder.Round();
  EXPECT_EQ(UsedOf("cpu0"), kSubbuf);
  EXPECT_EQ(fs::file_size(File("cpu0")), kSubbuf + kHeader + kBig);
}

TEST_F(Capture, SubbufferIsClosedWithItsPadding) {
  CaptureRecorder recorder(channel_, folder_, {});
  for (int i = 0; i < 10; ++i) {
    channel_.EmitText(0, Filler(1200));  // three fit
    if (i % 4 == 0) recorder.Round();
  }
  recorder.Finish();
  EXPECT_EQ(UsedOf("cpu0"), kHeader + 3 * 1200);
  EXPECT_EQ(ReplayFolder(folder_).items, "1 2 3 4 5 6 7 8 9 -10");  // the buffer was full
}

TEST_F(Capture, DroppedRecordsAreNamed) {
  EmitBig(12);
  channel_.EmitText(0, "dropped");
  channel_.EmitText(1, "kept");
  channel_.EmitText(0, "dropped");
  CaptureRecorder recorder(channel_, folder_, {});
  recorder.Finish();
  const Replayed found = ReplayFolder(folder_);
  EXPECT_EQ(found.items, "1 2 3 4 5 6 7 8 9 10 11 12 -13 14 -15");
  EXPECT_EQ(found.causes, Strings(2, "buffer full on CPU 0"));
}

TEST_F(Capture, DropsBetweenTwoSubbuffersAreNamedWithoutThePositions) {
  CaptureRecorder recorder(channel_, folder_, {});
  EmitBig(14);
  recorder.Round();
  channel_.GiveBack(0, 2);
  channel_.EmitText(0, "room again");
  recorder.Finish();
  fs::remove(File("positions"));
  const Replayed found = ReplayFolder(folder_);
  EXPECT_EQ(found.items, "1 2 3 4 5 6 7 8 9 10 11 12 -13..14 15");
  EXPECT_EQ(found.causes, Strings{"buffer full on CPU 0"});
  EXPECT_FALSE(found.end_is_known);
}

TEST_F(Capture, BeginsWithTheOldestThatIsLeft) {
  channel_.SetMode(ChannelMode::kOverwrite);
  EmitBig(20);
  CaptureRecorder(channel_, folder_, {}).Finish();
  const Replayed found = ReplayFolder(folder_);
  EXPECT_EQ(found.items, "9 10 11 12 13 14 15 16 17 18 19 20");
  EXPECT_EQ(found.before, 8u);
  EXPECT_TRUE(found.faults.empty());
}

TEST_F(Capture, WhatWasOverwrittenBetweenRoundsIsNamed) {
  channel_.SetMode(ChannelMode::kOverwrite);
  CaptureRecorder recorder(channel_, folder_, {});
  EmitBig(2);
  recorder.Round();
  EmitBig(20);
  channel_.EmitText(1, "another CPU");
  recorder.Finish();
  const Replayed found = ReplayFolder(folder_);
  EXPECT_EQ(found.items, "1 2 -3..12 13 14 15 16 17 18 19 20 21 22 23");
  EXPECT_EQ(found.causes, Strings{"overwritten before it was read on CPU 0"});
  EXPECT_TRUE(found.faults.empty());
  EXPECT_EQ(UsedOf("cpu0"), 0u);  // not copied to its end
  ASSERT_EQ(recorder.Cpus().size(), 2u);
  EXPECT_EQ(recorder.Cpus()[0].missed, 10u);
  EXPECT_EQ(recorder.Cpus()[0].records, 12u);
}

// Its writer comes round between the moment at which the recorder has loaded the positions and the
// moment at which it copies.
class LappingChannel : public FakeChannel {
 public:
  LappingChannel() : FakeChannel(1, kSubbuf, 3) { SetMode(ChannelMode::kOverwrite); }

  std::span<const std::byte> Buffer(uint32_t cpu) override {
    for (int i = 0; i < 20; ++i) EmitText(cpu, Filler(kBig));
    return FakeChannel::Buffer(cpu);
  }
};

TEST_F(Capture, LapDuringTheLastRoundIsNamedAndNotCalledDamage) {
  LappingChannel channel;
  CaptureRecorder recorder(channel, folder_, {});
  recorder.Round();
  for (int i = 0; i < 6; ++i) channel.EmitText(0, Filler(kBig));
  EXPECT_FALSE(recorder.Round());
  recorder.SavePositions();
  const Replayed found = ReplayFolder(folder_);
  EXPECT_EQ(found.items, "-1..6");
  EXPECT_EQ(found.causes, Strings{"overwritten before it was read on CPU 0"});
  EXPECT_EQ(found.faults, Strings());
  EXPECT_TRUE(recorder.Round());
}

TEST_F(Capture, DropsFromBeforeItExplainNothingLater) {
  EmitBig(13);  // the last is dropped
  channel_.GiveBack(0, 1);
  channel_.EmitText(0, "14");
  channel_.SetMode(ChannelMode::kOverwrite);
  EmitBig(20, 1);  // 15 to 34, of which 8 are overwritten
  channel_.Pend(0);
  channel_.TakeNumber(0);
  channel_.EmitText(1, "36");
  CaptureRecorder(channel_, folder_, {}).Finish();
  const Replayed found = ReplayFolder(folder_);
  EXPECT_EQ(found.items, "5 6 7 8 9 10 11 12 14 27 28 29 30 31 32 33 34 -35 36");
  EXPECT_EQ(found.causes, Strings{"not captured"});
}

TEST_F(Capture, LossOfACpusFirstRecordsIsNoneFromBeforeTheCapture) {
  channel_.SetMode(ChannelMode::kOverwrite);
  CaptureRecorder recorder(channel_, folder_, {});
  recorder.Round();
  EmitBig(20);
  recorder.Finish();
  const Replayed found = ReplayFolder(folder_);
  EXPECT_EQ(found.items, "-1..8 9 10 11 12 13 14 15 16 17 18 19 20");
  EXPECT_EQ(found.causes, Strings{"overwritten before it was read on CPU 0"});
  EXPECT_EQ(found.before, 0u);
  EXPECT_EQ(recorder.Cpus()[0].missed, 8u);
}

TEST_F(Capture, CpuThatComesOnlineLaterIsThere) {
  channel_.SetOffline(1);
  CaptureRecorder recorder(channel_, folder_, {});
  channel_.EmitText(0, "a");
  recorder.Round();
  channel_.SetOnline(1);
  channel_.EmitText(1, "b");
  recorder.Finish();
  EXPECT_EQ(ReplayFolder(folder_).items, "1 2");
}

TEST_F(Capture, LossBeforeACpuCameOnlineIsNoneFromBeforeTheCapture) {
  channel_.SetOffline(1);
  channel_.SetMode(ChannelMode::kOverwrite);
  CaptureRecorder recorder(channel_, folder_, {});
  EmitBig(2);
  recorder.Round();
  EmitBig(18);
  channel_.SetOnline(1);
  channel_.EmitText(1, "a");
  recorder.Finish();
  EXPECT_EQ(ReplayFolder(folder_).items, "1 2 -3..8 9 10 11 12 13 14 15 16 17 18 19 20 21");
}

TEST_F(Capture, FilesAreRotatedAndTheOldestDeleted) {
  CaptureRecorder recorder(channel_, folder_, {2 * kSubbuf, 2});
  for (uint64_t i = 1; i <= 40; ++i) {  // ten sub-buffers and a little
    EmitBig(1);
    recorder.Round();
    channel_.GiveBack(0, (i - 1) / 4);
  }
  channel_.EmitText(0, "the last");
  recorder.Finish();
  EXPECT_FALSE(fs::exists(File("cpu0.000003")));
  EXPECT_EQ(fs::file_size(File("cpu0.000004")), 2 * kSubbuf);
  EXPECT_TRUE(fs::exists(File("cpu0.000005")));
  const Replayed found = ReplayFolder(folder_);
  EXPECT_EQ(found.items, "33 34 35 36 37 38 39 40 41");
  EXPECT_EQ(found.before, 32u);
  EXPECT_TRUE(found.faults.empty());
}

TEST_F(Capture, FileSizeBelowASubbufferMakesOneFileOfEach) {
  CaptureRecorder recorder(channel_, folder_, {1, 0});
  EmitBig(9);
  recorder.Finish();
  EXPECT_TRUE(fs::exists(File("cpu0.000002")));
  EXPECT_EQ(ReplayFolder(folder_).items, "1 2 3 4 5 6 7 8 9");
}

// A limit of the process stands for a full disk.
TEST_F(Capture, FullDiskIsToldAndWhatIsThereReplays) {
  CaptureRecorder recorder(channel_, folder_, {});
  EmitBig(3);
  recorder.Round();
  recorder.SavePositions();
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit full{kHeader + 3 * kBig + 100, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &full);
  EmitBig(3);
  EXPECT_THROW(recorder.Round(), std::system_error);
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(fs::file_size(File("cpu0")), kHeader + 3 * kBig);
  const Replayed found = ReplayFolder(folder_);
  EXPECT_EQ(found.items, "1 2 3");
  EXPECT_TRUE(found.faults.empty());
}

TEST_F(Capture, ThatWasKilledReplaysBeyondItsLastPositions) {
  CaptureRecorder recorder(channel_, folder_, {});
  EmitBig(2);
  recorder.Round();
  recorder.SavePositions();
  EmitBig(8);
  channel_.EmitText(1, "a");
  recorder.Round();
  const Replayed found = ReplayFolder(folder_);
  EXPECT_EQ(found.items, "1 2 3 4 5 6 7 8 9 10 11");
  EXPECT_FALSE(found.end_is_known);
  EXPECT_TRUE(found.faults.empty());
}

TEST_F(Capture, NumbersThatWereBeingWrittenAtTheEndAreNotCaptured) {
  channel_.EmitText(0, "a");
  channel_.Pend(1);
  channel_.TakeNumber(1);
  channel_.EmitText(0, "b");
  CaptureRecorder(channel_, folder_, {}).Finish();
  const Replayed found = ReplayFolder(folder_);
  EXPECT_EQ(found.items, "1 -2 3");
  EXPECT_EQ(found.causes, Strings{"not captured"});
  EXPECT_TRUE(found.end_is_known);
}

// Two writers, a consumer that gives back, and the recorder far too slow for them.
TEST(CaptureRace, BooksBalanceAndNothingIsTorn) {
  constexpr uint64_t kEach = 100'000;
  TempDir dir;
  const std::string folder = dir.File("cap");
  FakeChannel channel(2, kSubbuf, 2);
  channel.SetMode(ChannelMode::kOverwrite);
  CaptureRecorder recorder(channel, folder, {});
  recorder.Round();
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
  while (running > 0) recorder.Round();
  for (std::thread& writer : writers) writer.join();
  recorder.Finish();

  std::vector<std::string> faults;
  CaptureReader reader(folder,
                       [&](const CaptureFault& fault) { faults.push_back(ToString(fault)); });
  SequenceNumber next(1);
  uint64_t read = 0;
  while (const auto item = reader.Next()) {
    if (const Record* record = std::get_if<Record>(&*item)) {
      ASSERT_EQ(record->sequence, next);
      next = next.Next();
      ++read;
      for (const std::byte byte : record->payload) ASSERT_EQ(byte, record->payload[0]) << "torn";
    } else {
      const Missing& missing = std::get<Missing>(*item);
      ASSERT_EQ(missing.first, next);
      ASSERT_EQ(missing.cause.kind, LossKind::kOverwritten)
          << ToText(*item) << " " << (faults.empty() ? "" : faults[0]);
      next = missing.last.Next();
    }
  }
  EXPECT_EQ(next, SequenceNumber(2 * kEach + 1));
  EXPECT_EQ(faults, std::vector<std::string>());
  uint64_t captured = 0;
  for (const CaptureReport& cpu : recorder.Cpus()) {
    EXPECT_EQ(cpu.records + cpu.missed, kEach);
    captured += cpu.records;
  }
  EXPECT_EQ(read, captured);
}

}  // namespace
}  // namespace s390log
