// SPDX-License-Identifier: MIT
#include "logd/json_sink.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "logd/json_format.h"
#include "tests/host/fake_channel.h"
#include "tests/host/file_size_limit.h"
#include "tests/host/pump.h"
#include "tests/host/temp_dir.h"
#include "tests/host/test_events.h"

namespace s390log {
namespace {

class JsonSinkFile : public testing::Test {
 protected:
  void Append(uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) backlog_.Append(TextEvent(backlog_.End() + 1));
  }
  // As the daemon would, long after each failure.
  void Follow(JsonSink& sink) { sink.Follow(backlog_, now_ += std::chrono::minutes(1)); }
  static std::string Lines(uint64_t first, uint64_t last) {
    std::string lines;
    for (uint64_t i = first; i <= last; ++i) {
      lines += JsonLine(TextEvent(i), TestBootId().ToString());
    }
    return lines;
  }
  void Put(const std::string& text) { std::ofstream(path_, std::ios::app) << text; }

  TempDir dir_;
  std::string path_ = dir_.File("log");
  Backlog backlog_{10000, TestBootId().ToString(), 0, nullptr};
  Clock::time_point now_ = Clock::now();
};

TEST_F(JsonSinkFile, FileThatCannotBeOpenedIsToldAndTriedAgain) {
  path_ = dir_.File("folder") + "/log";
  JsonSink sink(path_);
  Follow(sink);
  EXPECT_FALSE(sink.Up());
  EXPECT_EQ(sink.Report().reason, "cannot be opened: No such file or directory");
  EXPECT_EQ(sink.GetWait(backlog_).deadline, now_ + Backoff::kFirst);
  Append(2);
  Follow(sink);
  EXPECT_EQ(sink.Taken(), 0u);
  std::filesystem::create_directory(dir_.File("folder"));
  Follow(sink);
  EXPECT_TRUE(sink.Up());
  EXPECT_EQ(Contents(path_), Lines(1, 2));
}

// Whatever the umask: volumes and texts are not for every user of the system.
TEST_F(JsonSinkFile, IsForItsOwnerAndGroupOnly) {
  const mode_t umask = ::umask(0);
  JsonSink sink(path_);
  Turn(sink, backlog_, 1);
  ::umask(umask);
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0640u);
}

TEST_F(JsonSinkFile, LineThatTheDiskHadNoRoomForComesWholeLater) {
  Append(5);
  JsonSink sink(path_);
  {
    const FileSizeLimit limit(Lines(1, 2).size() + 40);
    Follow(sink);
    EXPECT_EQ(sink.Report().reason, "File too large");
    EXPECT_EQ(sink.Taken(), 0u);
    EXPECT_EQ(Contents(path_), Lines(1, 2));  // no half line for who reads meanwhile
  }
  Follow(sink);
  EXPECT_EQ(sink.Taken(), 5u);
  EXPECT_EQ(Contents(path_), Lines(1, 5));
}

TEST_F(JsonSinkFile, HalfALineOfAKilledWriterIsTakenOff) {
  for (const size_t length : {size_t{1}, size_t{5}, size_t{60}, Lines(3, 3).size() - 1}) {
    std::filesystem::remove(path_);
    Put(Lines(1, 2) + Lines(3, 3).substr(0, length));
    JsonSink sink(path_);
    Follow(sink);
    EXPECT_EQ(Contents(path_), Lines(1, 2)) << length;
  }
}

TEST_F(JsonSinkFile, FileThatIsNothingButHalfALineBecomesEmpty) {
  Put(Lines(1, 1).substr(0, 30));
  JsonSink sink(path_);
  Follow(sink);
  EXPECT_EQ(Contents(path_), "");
}

TEST_F(JsonSinkFile, LineOfSomebodyElseIsOnlyEnded) {
  Put("not ours");
  Append(1);
  JsonSink sink(path_);
  Follow(sink);
  EXPECT_EQ(Contents(path_), "not ours\n" + Lines(1, 1));
}

TEST_F(JsonSinkFile, EndOfALineLongerThanIsLookedAtIsKept) {
  const std::string giant = "{\"boot_id\":\"" + std::string(LineFile::kMaxLine, 'x');
  Put(giant);
  JsonSink sink(path_);
  Follow(sink);
  EXPECT_EQ(Contents(path_), giant + "\n");
}

TEST_F(JsonSinkFile, ReopenedItGoesOnInAFileOfTheOldName) {
  Append(2);
  JsonSink sink(path_);
  Follow(sink);
  std::filesystem::rename(path_, dir_.File("old"));
  Append(1);
  Follow(sink);
  EXPECT_EQ(Contents(dir_.File("old")), Lines(1, 3));
  sink.Reopen();
  Append(2);
  Follow(sink);
  EXPECT_EQ(Contents(dir_.File("old")), Lines(1, 3));
  EXPECT_EQ(Contents(path_), Lines(4, 5));
}

TEST_F(JsonSinkFile, ReopenedWithNothingToSayItMakesTheFile) {
  JsonSink sink(path_);
  Follow(sink);
  std::filesystem::rename(path_, dir_.File("old"));
  sink.Reopen();
  Follow(sink);
  EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(JsonSinkFile, FullFilesAreKeptByNumberAndTheOldestGoes) {
  constexpr uint64_t kMax = 100'000;
  JsonSink sink(path_, {kMax, 2});
  uint64_t all = 0;
  for (int i = 0; i < 20; ++i) {
    Append(100);
    Follow(sink);
    all += 100;
  }
  EXPECT_EQ(sink.Taken(), all);
  const std::string kept = Contents(path_ + ".2") + Contents(path_ + ".1") + Contents(path_);
  for (const char* suffix : {"", ".1", ".2"}) {
    EXPECT_LE(std::filesystem::file_size(path_ + suffix), kMax) << suffix;
    EXPECT_EQ(Contents(path_ + suffix).back(), '\n') << suffix;
  }
  EXPECT_FALSE(std::filesystem::exists(path_ + ".3"));
  EXPECT_GT(kept.size(), 2 * kMax / 2);
  const std::string everything = Lines(1, all);
  EXPECT_TRUE(everything.ends_with(kept));  // in order, and nothing between the files is lost
}

TEST_F(JsonSinkFile, NumberThatIsFreeIsTakenBeforeAFileIsDropped) {
  Put(std::string(100, 'x') + "\n");
  std::ofstream(path_ + ".1") << "one";
  std::ofstream(path_ + ".3") << "three";
  Append(1);
  JsonSink sink(path_, {100, 3});
  Follow(sink);
  EXPECT_EQ(Contents(path_ + ".2"), "one");
  EXPECT_EQ(Contents(path_ + ".3"), "three");
  EXPECT_EQ(Contents(path_), Lines(1, 1));
}

TEST_F(JsonSinkFile, WithoutKeepOnlyThePresentFileStays) {
  JsonSink sink(path_, {1000, 0});
  for (int i = 0; i < 10; ++i) {
    Append(1);
    Follow(sink);
  }
  EXPECT_LE(std::filesystem::file_size(path_), 1000u);
  EXPECT_FALSE(std::filesystem::exists(path_ + ".1"));
}

TEST_F(JsonSinkFile, FileThatCannotBeRotatedIsToldAndDoesNotGrowBeyondItsLimit) {
  std::filesystem::create_directories(path_ + ".1/in the way");
  const uint64_t max = Lines(6, 10).size();
  JsonSink sink(path_, {max, 1});
  for (int i = 0; i < 10; ++i) {
    Append(1);
    Follow(sink);
  }
  EXPECT_FALSE(sink.Up());
  EXPECT_EQ(sink.Report().reason, "cannot be rotated: Is a directory");
  EXPECT_EQ(Contents(path_), Lines(1, 5));
  std::filesystem::remove_all(path_ + ".1");
  Follow(sink);
  EXPECT_EQ(sink.Taken(), 10u);
  EXPECT_EQ(Contents(path_ + ".1"), Lines(1, 5));
  EXPECT_EQ(Contents(path_), Lines(6, 10));
}

TEST_F(JsonSinkFile, PipeWithoutAReaderIsToldAndWaitedFor) {
  ::mkfifo(path_.c_str(), 0600);
  Append(1);
  JsonSink sink(path_);
  Follow(sink);
  EXPECT_EQ(sink.Report().reason, "nobody reads the pipe");
  const UniqueFd reader(::open(path_.c_str(), O_RDONLY | O_NONBLOCK));
  Follow(sink);
  std::string text(Lines(1, 1).size() + 1, ' ');
  text.resize(static_cast<size_t>(::read(reader.Get(), text.data(), text.size())));
  EXPECT_EQ(text, Lines(1, 1));
}

TEST(JsonSink, FullDiskIsReportedAndTriedAgain) {
  Backlog backlog(10, TestBootId().ToString(), 0, nullptr);
  backlog.Append(TextEvent(1));
  JsonSink sink("/dev/full");
  const Clock::time_point now = Clock::now();
  sink.Follow(backlog, now);
  EXPECT_EQ(sink.Taken(), 0u);
  EXPECT_FALSE(sink.Report().up);
  EXPECT_EQ(sink.Report().reason, "No space left on device");
  EXPECT_EQ(sink.GetWait(backlog).deadline, now + Backoff::kFirst);
}

TEST(JsonSink, LinesAreInTheFileWhenTheyAreTaken) {
  const TempDir dir;
  Backlog backlog(10, TestBootId().ToString(), 0, nullptr);
  JsonSink sink(dir.File("log"));
  backlog.Append(TextEvent(1));
  backlog.Append(GapEvent(2, 4));
  sink.Follow(backlog, Clock::now());
  EXPECT_EQ(sink.Taken(), 2u);
  EXPECT_EQ(Contents(dir.File("log")), JsonLine(TextEvent(1), TestBootId().ToString()) +
                                           JsonLine(GapEvent(2, 4), TestBootId().ToString()));
}

TEST(JsonSink, FileThatExistsIsAppendedTo) {
  const TempDir dir;
  Backlog backlog(10, TestBootId().ToString(), 0, nullptr);
  backlog.Append(TextEvent(1));
  for (int i = 0; i < 2; ++i) JsonSink(dir.File("log")).Follow(backlog, Clock::now());
  const std::string line = JsonLine(TextEvent(1), TestBootId().ToString());
  EXPECT_EQ(Contents(dir.File("log")), line + line);
}

TEST(JsonSink, ManyBatchesAreTakenInOneGo) {
  const TempDir dir;
  Backlog backlog(2000, TestBootId().ToString(), 0, nullptr);
  for (uint64_t i = 1; i <= 2000; ++i) backlog.Append(TextEvent(i));
  JsonSink sink(dir.File("log"));
  sink.Follow(backlog, Clock::now());
  EXPECT_EQ(sink.Taken(), 2000u);
  EXPECT_TRUE(sink.Flushed());
}

}  // namespace
}  // namespace s390log
