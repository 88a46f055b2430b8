// SPDX-License-Identifier: MIT
#include "logd/json_sink.h"

#include <gtest/gtest.h>

#include <system_error>

#include "logd/json_format.h"
#include "tests/host/fake_channel.h"
#include "tests/host/pump.h"
#include "tests/host/temp_dir.h"
#include "tests/host/test_events.h"

namespace s390log {
namespace {

TEST(JsonSink, FileThatCannotBeOpenedIsAnErrorAtOnce) {
  EXPECT_THROW(JsonSink("/nonexistent/file"), std::system_error);
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
