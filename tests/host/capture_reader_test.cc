// SPDX-License-Identifier: MIT
#include "s390log/capture_reader.h"

#include <gtest/gtest.h>
#include <linux/s390_log.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>

#include "s390log/capture_recorder.h"
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

class Replay : public testing::Test {
 protected:
  // Numbers 1, 2, ... on the CPUs in turn.
  void Record(int count, std::vector<uint32_t> cpus = {0}, const CaptureLimits& limits = {}) {
    for (int i = 0; i < count; ++i) {
      channel_.EmitText(cpus[static_cast<size_t>(i) % cpus.size()], Filler(kBig));
    }
    CaptureRecorder(channel_, folder_, limits).Finish();
  }

  std::string File(const std::string& name) const { return folder_ + "/" + name; }

  template <typename Word>
  void Poke(const std::string& name, size_t offset, Word word) const {
    std::fstream file(File(name), std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(offset));
    file.write(reinterpret_cast<const char*>(&word), sizeof(word));
  }

  Replayed Read() const { return ReplayFolder(folder_); }

  FakeChannel channel_{2, kSubbuf, 8};
  TempDir dir_;
  const std::string folder_ = dir_.File("cap");
};

TEST_F(Replay, FolderThatHoldsNoCaptureIsTold) {
  EXPECT_THROW(Read(), std::system_error);
  fs::create_directory(folder_);
  std::ofstream(File("cpu01")) << "not one of our names";
  EXPECT_THROW(Read(), std::runtime_error);
}

TEST_F(Replay, FilesWithoutAnyHeaderAreTold) {
  fs::create_directory(folder_);
  std::ofstream(File("cpu0")) << std::string(10000, 'x');
  EXPECT_THROW(Read(), std::runtime_error);
}

TEST_F(Replay, DamagedRecordCostsTheRestOfItsSubbuffer) {
  Record(10);
  Poke<uint32_t>("cpu0", kSubbuf + kHeader + kBig, 5);  // the length of record 6
  const Replayed found = Read();
  EXPECT_EQ(found.items, "1 2 3 4 5 -6..8 9 10");
  EXPECT_EQ(found.causes, Strings{"unreadable records on CPU 0"});
  EXPECT_EQ(found.faults,
            Strings{"cpu0 at 0x1448: record shorter than its header; 3000 bytes passed over"});
  EXPECT_TRUE(found.Balanced());
}

TEST_F(Replay, DamagedHeaderCostsItsSubbuffer) {
  Record(10);
  Poke<uint32_t>("cpu0", kSubbuf, 0);
  const Replayed found = Read();
  EXPECT_EQ(found.items, "1 2 3 4 -5..8 9 10");
  EXPECT_EQ(found.causes, Strings{"unreadable records on CPU 0"});
  EXPECT_EQ(found.faults, Strings{"cpu0 at 0x1000: no magic number; 4096 bytes passed over"});
}

TEST_F(Replay, StretchOfDamageIsOneFault) {
  Record(22);
  std::fstream(File("cpu0"), std::ios::in | std::ios::out | std::ios::binary)
      .seekp(kSubbuf)
      .write(std::string(3 * kSubbuf, 'x').data(), 3 * kSubbuf);
  const Replayed found = Read();
  EXPECT_EQ(found.items, "1 2 3 4 -5..16 17 18 19 20 21 22");
  EXPECT_EQ(found.faults, Strings{"cpu0 at 0x1000: no magic number; 12288 bytes passed over"});
}

TEST_F(Replay, OnlyTheDamagedCpuLoses) {
  Record(18, {0, 1});  // odd numbers on CPU 0, nine each
  Poke<uint32_t>("cpu0", kSubbuf, 0);
  const Replayed found = Read();
  EXPECT_EQ(found.items, "1 2 3 4 5 6 7 8 -9 10 -11 12 -13 14 -15 16 17 18");
  EXPECT_EQ(found.causes, Strings(4, "unreadable records on CPU 0"));
}

TEST_F(Replay, TruncatedRecordIsNamedAndTheOthersRead) {
  Record(6);
  fs::resize_file(File("cpu0"), kSubbuf + kHeader + kBig + 20);
  const Replayed found = Read();
  EXPECT_EQ(found.items, "1 2 3 4 5 -6");
  EXPECT_EQ(found.faults, Strings{"cpu0 at 0x1448: record header cut off; 20 bytes passed over"});
  EXPECT_EQ(found.causes, Strings{"unreadable records on CPU 0"});
}

TEST_F(Replay, FileThatEndsWithinAClosedSubbufferIsNamed) {
  Record(10);
  fs::resize_file(File("cpu0"), kSubbuf + kHeader + 2 * kBig);
  const Replayed found = Read();
  EXPECT_EQ(found.items, "1 2 3 4 5 6 -7..10");
  EXPECT_EQ(found.faults, Strings{"cpu0 at 0x1830: the file ends within a sub-buffer"});
}

TEST_F(Replay, FileThatEndsBetweenSubbuffersIsNamed) {
  Record(10);
  fs::resize_file(File("cpu0"), kSubbuf);
  const Replayed found = Read();
  EXPECT_EQ(found.items, "1 2 3 4 -5..10");
  EXPECT_EQ(found.faults,
            Strings{"cpu0 at 0x1000: the file ends 6192 bytes before the capture did"});
  EXPECT_EQ(found.causes, Strings{"unreadable records on CPU 0"});
}

TEST_F(Replay, WithoutPositionsTheHighestNumberIsTheEnd) {
  Record(10, {0, 1});
  fs::remove(File("positions"));
  fs::resize_file(File("cpu1"), kHeader + 4 * kBig);  // 2, 4, 6, 8; it had 10, too
  const Replayed found = Read();
  EXPECT_EQ(found.items, "1 2 3 4 5 6 7 8 9");
  EXPECT_EQ(found.emitted, 9u);
  EXPECT_FALSE(found.end_is_known);
}

TEST_F(Replay, WithoutPositionsWhatIsMissingWithoutACauseIsNotCaptured) {
  Record(10, {0, 1});
  fs::remove(File("positions"));
  fs::resize_file(File("cpu1"), kHeader + 2 * kBig);
  Poke<uint32_t>("cpu1", offsetof(s390_log_subbuf, used), 0);
  const Replayed found = Read();
  EXPECT_EQ(found.items, "1 2 3 4 5 -6 7 -8 9");
  EXPECT_EQ(found.causes, Strings(2, "not captured"));
}

TEST_F(Replay, FileThatIsNotThereIsNamed) {
  Record(4, {0, 1});
  fs::remove(File("cpu1"));
  const Replayed found = Read();
  EXPECT_EQ(found.items, "1 -2 3 -4");
  EXPECT_EQ(found.faults, Strings{"cpu1 at 0x0: is not there"});
  EXPECT_EQ(found.causes, Strings(2, "unreadable records on CPU 1"));
}

TEST_F(Replay, MissingFileOfARotationIsNamed) {
  Record(14, {0}, {kSubbuf, 0});
  fs::remove(File("cpu0.000001"));
  const Replayed found = Read();
  EXPECT_EQ(found.items, "1 2 3 4 -5..8 9 10 11 12 13 14");
  EXPECT_EQ(found.faults, Strings{"cpu0.000002 at 0x0: 1 files are missing before this one"});
  EXPECT_EQ(found.causes, Strings{"unreadable records on CPU 0"});
}

TEST_F(Replay, TwoBootIdsAreNeverMerged) {
  Record(4, {0, 1});
  for (size_t at : {0u, 1u}) Poke<uint8_t>("cpu1", offsetof(s390_log_subbuf, boot_id) + at, 0);
  const Replayed found = Read();
  EXPECT_EQ(found.items, "1 -2 3 -4");
  EXPECT_EQ(found.faults, Strings{"cpu1 at 0x30: boot id of another time; 2096 bytes passed over"});
}

TEST_F(Replay, PositionsOfAnotherBootAreNotUsed) {
  Record(4);
  Poke<uint8_t>("positions", offsetof(s390_log_position, boot_id), 0);
  const Replayed found = Read();
  EXPECT_EQ(found.items, "1 2 3 4");
  EXPECT_EQ(found.faults, Strings{"positions at 0x18: boot id of another time"});
  EXPECT_FALSE(found.end_is_known);
}

TEST_F(Replay, DamagedPositionsAreNamedAndNotUsed) {
  Record(4);
  Poke<uint32_t>("positions", offsetof(s390_log_position, n_cpus), 0x7fffffff);
  const Replayed found = Read();
  EXPECT_EQ(found.items, "1 2 3 4");
  EXPECT_EQ(found.faults,
            Strings{"positions at 0x10: size, count or number does not belong to this buffer"});
}

TEST_F(Replay, WhatIsNoFileIsNotOpened) {
  Record(2);
  ASSERT_EQ(::mkfifo(File("cpu1").c_str(), 0600), 0);
  const Replayed found = Read();
  EXPECT_EQ(found.items, "1 2");
  EXPECT_EQ(found.faults, Strings{"cpu1 at 0x0: cannot be opened: not a regular file"});
}

TEST_F(Replay, HolesOfAnySizeCostNoTime) {
  Record(4);
  fs::remove(File("positions"));
  fs::resize_file(File("cpu0"), uint64_t{1} << 40);
  EXPECT_EQ(Read().items, "1 2 3 4");
}

// A damaged word costs no more than its sub-buffer.
TEST_F(Replay, DamagedCountsAreNamed) {
  struct Case {
    size_t offset;
    uint64_t word;
    Strings faults;
  };
  const Case cases[] = {
      {offsetof(s390_log_subbuf, number), uint64_t{1} << 60, {}},
      {offsetof(s390_log_subbuf, number), 0, {}},
      {offsetof(s390_log_subbuf, lost),
       uint64_t{1} << 60,
       {"cpu0 at 0x1018: counts more records before it than there are numbers"}},
      {offsetof(s390_log_subbuf, records),
       uint64_t{1} << 60,
       {"cpu0 at 0x1040: counts more records before it than there are numbers",
        "cpu0 at 0x2040: counts fewer records than there are before it"}},
      {offsetof(s390_log_subbuf, records),
       0,
       {"cpu0 at 0x1040: counts fewer records than there are before it",
        "cpu0 at 0x2040: counts more records before it than there are numbers"}},
  };
  Record(14);
  const std::string whole = Contents(File("cpu0"));
  for (const Case& each : cases) {
    Poke(std::string("cpu0"), kSubbuf + each.offset, each.word);
    const Replayed found = Read();
    EXPECT_EQ(found.items, "1 2 3 4 5 6 7 8 9 10 11 12 13 14") << each.offset;
    EXPECT_EQ(found.faults, each.faults);
    std::ofstream(File("cpu0"), std::ios::binary) << whole;
  }
}

TEST_F(Replay, RecordWithANumberThatCannotBeIsPassedOver) {
  Record(10);
  Poke<uint64_t>("cpu0", kHeader + kBig + offsetof(s390_log_record, sequence), 77);
  const Replayed found = Read();
  EXPECT_EQ(found.items, "1 -2..4 5 6 7 8 9 10");
  EXPECT_EQ(found.faults,
            Strings{"cpu0 at 0x448: sequence number out of order; 3000 bytes passed over"});
}

TEST_F(Replay, LastRecordWithANumberThatWasNeverGivenIsPassedOver) {
  Record(3);
  Poke<uint64_t>("cpu0", kHeader + 2 * kBig + offsetof(s390_log_record, sequence), 77);
  EXPECT_EQ(Read().items, "1 2 -3");
}

TEST_F(Replay, SubbufferThatComesTwiceIsReadOnce) {
  Record(9, {0}, {kSubbuf, 0});
  fs::copy_file(File("cpu0.000001"), File("cpu0.000003"));
  const Replayed found = Read();
  EXPECT_EQ(found.items, "1 2 3 4 5 6 7 8 9");
  EXPECT_EQ(
      found.faults,
      Strings{"cpu0.000003 at 0x8: the sub-buffer comes a second time; 4096 bytes passed over"});
}

TEST_F(Replay, NumberOnTwoCpusIsTakenOnce) {
  Record(4, {0, 1});
  Poke<uint64_t>("cpu1", kHeader + offsetof(s390_log_record, sequence), 1);
  const Replayed found = Read();
  EXPECT_EQ(found.items, "1 -2 3 4");
  EXPECT_EQ(found.faults, Strings{"cpu1 at 0x60: number 1 comes a second time"});
}

TEST_F(Replay, DamagedFirstSubbufferIsNotCalledBeforeTheCapture) {
  Record(10);
  Poke<uint32_t>("cpu0", 0, 0);
  const Replayed found = Read();
  EXPECT_EQ(found.items, "-1..4 5 6 7 8 9 10");
  EXPECT_EQ(found.before, 0u);
  EXPECT_EQ(found.causes, Strings{"unreadable records on CPU 0"});
}

TEST_F(Replay, DamagedFirstNumberDoesNotHideLosses) {
  Record(10);
  Poke<uint64_t>("cpu0", offsetof(s390_log_subbuf, first_sequence), 1000);
  Poke<uint32_t>("cpu0", kSubbuf, 0);
  const Replayed found = Read();
  EXPECT_EQ(found.items, "1 2 3 4 -5..8 9 10");
  EXPECT_EQ(found.before, 0u);
  EXPECT_EQ(found.faults.front(), "cpu0 at 0x10: not the lowest number in it");
}

TEST_F(Replay, EndOfUseThatCannotBeIsNamedAndNotNeeded) {
  Record(10);
  Poke<uint32_t>("cpu0", kSubbuf + offsetof(s390_log_subbuf, used), 5000);
  const Replayed found = Read();
  EXPECT_EQ(found.items, "1 2 3 4 5 6 7 8 9 10");
  EXPECT_EQ(found.faults, Strings{"cpu0 at 0x1020: end of use lies outside"});
}

// Sums must not go over the end of 64 bits.
TEST_F(Replay, NumbersBeyondAnyReasonDoNotHangIt) {
  struct Case {
    const char* file;
    size_t offset;
  };
  const Case cases[] = {{"positions", offsetof(s390_log_position, sequence)},
                        {"positions", sizeof(s390_log_position) + offsetof(s390_log_cpu, records)},
                        {"positions", sizeof(s390_log_position) + offsetof(s390_log_cpu, lost)},
                        {"positions", sizeof(s390_log_position) + offsetof(s390_log_cpu, position)},
                        {"cpu0", offsetof(s390_log_subbuf, first_sequence)},
                        {"cpu0", kSubbuf + offsetof(s390_log_subbuf, first_sequence)},
                        {"cpu0", kHeader + kBig + offsetof(s390_log_record, sequence)},
                        {"cpu1", kSubbuf + kHeader + offsetof(s390_log_record, sequence)}};
  Record(10, {0, 1});
  for (const Case& each : cases) {
    for (const bool without_positions : {false, true}) {
      const TempDir copy;
      const std::string whole = Contents(File(each.file));
      Poke(std::string(each.file), each.offset, UINT64_MAX);
      fs::copy(folder_, copy.File(""), fs::copy_options::recursive);
      if (without_positions) fs::remove(copy.File("positions"));
      EXPECT_TRUE(ReplayFolder(copy.File("")).Balanced()) << each.file << " " << each.offset;
      std::ofstream(File(each.file), std::ios::binary) << whole;
    }
  }
  for (const std::string file : {"cpu0", "cpu1"}) {
    Poke(file, kSubbuf + offsetof(s390_log_subbuf, first_sequence), UINT64_MAX);
    Poke(file, kSubbuf + offsetof(s390_log_subbuf, records), UINT64_MAX - 10);
  }
  EXPECT_TRUE(Read().Balanced());
  Poke("positions", offsetof(s390_log_position, sequence), UINT64_MAX / 2);
  EXPECT_TRUE(Read().Balanced());
}

// Whatever the bytes are: it ends, every number comes once and in order, the books balance, and
// nothing outside is touched (which the sanitizers see).
TEST_F(Replay, DamagedCapturesStillBalance) {
  std::mt19937 random(4711);
  for (int i = 0; i < 120; ++i)
    channel_.EmitText(random() % 2, std::string(random() % 300 + 1, 'x'));
  CaptureRecorder(channel_, folder_, {}).Finish();
  const Strings names = {"cpu0", "cpu1", "positions"};
  Strings whole;
  for (const std::string& name : names) whole.push_back(Contents(File(name)));
  for (int round = 0; round < 300; ++round) {
    for (size_t file = 0; file < names.size(); ++file) {
      std::string bytes = whole[file];
      const size_t changes = random() % 12;
      for (size_t i = 0; i < changes; ++i) {
        // Most of the damage where the headers are.
        const size_t block = random() % (bytes.size() / kSubbuf + 1) * kSubbuf;
        const size_t at = block + (random() % 2 == 0 ? random() % 128 : random() % kSubbuf);
        if (at < bytes.size()) bytes[at] = static_cast<char>(random());
      }
      if (random() % 4 == 0) bytes.resize(random() % (bytes.size() + 1));
      std::ofstream(File(names[file]), std::ios::binary) << bytes;
    }
    try {
      const Replayed found = Read();
      EXPECT_TRUE(found.Balanced()) << round;
    } catch (const std::runtime_error&) {
      // Nothing in it can be read at all.
    }
  }
}

}  // namespace
}  // namespace s390log
