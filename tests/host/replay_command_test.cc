// SPDX-License-Identifier: MIT
#include "logd/replay_command.h"

#include <gtest/gtest.h>
#include <linux/s390_log.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>

#include "logd/replay_format.h"
#include "logd/replay_summary.h"
#include "s390log/capture_recorder.h"
#include "tests/host/fake_channel.h"
#include "tests/host/temp_dir.h"
#include "tests/host/test_events.h"

namespace s390log {
namespace {

namespace fs = std::filesystem;

constexpr uint32_t kSubbuf = 4096;
constexpr size_t kHeader = sizeof(s390_log_subbuf);
const std::string kLong(1000 - sizeof(s390_log_record), 'x');  // four fill a sub-buffer exactly

class ReplayCommand : public testing::Test {
 protected:
  void Record() { CaptureRecorder(channel_, options_.folder, {}).Finish(); }

  int Run() {
    const std::string path = dir_.File("printed");
    std::FILE* to = std::fopen(path.c_str(), "w");
    const int code = RunReplay(options_, to);
    std::fclose(to);
    printed_ = Contents(path);
    return code;
  }

  void Damage(size_t offset) {
    std::fstream file(options_.folder + "/cpu0", std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(offset)).put(0x7f);
  }

  std::vector<nlohmann::json> Lines() const {
    std::vector<nlohmann::json> lines;
    std::istringstream text(printed_);
    for (std::string line; std::getline(text, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
  }

  FakeChannel channel_{2, kSubbuf, 2};
  TempDir dir_;
  ReplayOptions options_{dir_.File("cap")};
  std::string printed_;
};

TEST_F(ReplayCommand, PrintsEventsAndTheBooks) {
  channel_.EmitText(0, "first");
  channel_.EmitText(1, "a\nnew line, and an \033 escape");
  Record();
  EXPECT_EQ(Run(), 0);
  EXPECT_EQ(printed_,
            "2023-11-14T22:13:20.000000Z          1  -         LOG001I   first\n"
            "2023-11-14T22:13:20.000000Z          2  -         LOG001I   "
            "a#012new line, and an #033 escape\n"
            "boot id       10111213-1415-1617-1819-1a1b1c1d1e1f\n"
            "emitted                  2  by the end of the capture\n"
            "delivered                2  records\n");
}

TEST_F(ReplayCommand, LossIsShownInItsPlaceAndChangesTheExitCode) {
  for (int i = 0; i < 8; ++i) channel_.EmitText(0, kLong);
  channel_.EmitText(0, "dropped");
  channel_.EmitText(1, "kept");
  Record();
  EXPECT_EQ(Run(), kExitLost);
  const size_t gap =
      printed_.find("         9  -         LOG002W   Event 9 lost: buffer full on CPU 0\n");
  const size_t kept = printed_.find("kept");
  ASSERT_NE(gap, std::string::npos) << printed_;
  EXPECT_LT(gap, kept);
  EXPECT_NE(printed_.find("lost                     1  dropped by the kernel: buffer full\n"),
            std::string::npos);
}

TEST_F(ReplayCommand, DamageIsShownInItsPlaceAndInTheSummary) {
  for (int i = 0; i < 6; ++i) channel_.EmitText(0, kLong);
  Record();
  Damage(kHeader + 1000 + 1);  // the length of record 2
  EXPECT_EQ(Run(), kExitUnreadable);
  const std::string fault =
      "unreadable: " + options_.folder +
      "/cpu0 at 0x448: record longer than any can be; 3000 bytes passed over\n";
  const size_t first = printed_.find(fault);
  ASSERT_NE(first, std::string::npos) << printed_;
  EXPECT_LT(first, printed_.find("Events 2 to 4 (3 in number) lost: unreadable records on CPU 0"));
  EXPECT_NE(printed_.find(fault, first + 1), std::string::npos);
  EXPECT_NE(printed_.find("lost                     3  in what cannot be read\n"),
            std::string::npos);
}

TEST_F(ReplayCommand, JsonHasALineForEachEventFaultAndTheBooks) {
  for (int i = 0; i < 6; ++i) channel_.EmitText(0, kLong);
  Record();
  Damage(kHeader + 1000 + 1);
  options_.json = true;
  EXPECT_EQ(Run(), kExitUnreadable);
  const auto lines = Lines();
  ASSERT_EQ(lines.size(), 6u);
  EXPECT_EQ(lines[0].at("sequence"), 1);
  EXPECT_EQ(lines[0].at("match"), "coalesced");
  EXPECT_EQ(lines[1].at("event"), "unreadable");
  EXPECT_EQ(lines[1].at("file"), options_.folder + "/cpu0");
  EXPECT_EQ(lines[1].at("offset"), 0x448);
  EXPECT_EQ(lines[1].at("skipped"), 3000);
  EXPECT_EQ(lines[2].at("event"), "gap");
  EXPECT_EQ(lines[2].at("time"), lines[0].at("time"));
  EXPECT_EQ(lines[2].at("count"), 3);
  EXPECT_EQ(lines[5].at("event"), "replay_summary");
  EXPECT_EQ(lines[5].at("emitted"), 6);
  EXPECT_EQ(lines[5].at("delivered"), 3);
  EXPECT_EQ(lines[5].at("lost").at("unreadable"), 3);
  EXPECT_EQ(lines[5].at("faults"), 1);
  EXPECT_EQ(lines[5].at("balanced"), true);
}

TEST_F(ReplayCommand, SummaryAloneIsSilentOnEvents) {
  channel_.EmitText(0, "first");
  Record();
  options_.summary_only = true;
  EXPECT_EQ(Run(), 0);
  EXPECT_EQ(printed_.find("first"), std::string::npos);
  EXPECT_NE(printed_.find("delivered                1"), std::string::npos);
}

TEST_F(ReplayCommand, UnknownEndIsTold) {
  channel_.EmitText(0, "first");
  Record();
  fs::remove(options_.folder + "/positions");
  EXPECT_EQ(Run(), 0);
  EXPECT_NE(printed_.find("the end is not known"), std::string::npos);
}

TEST_F(ReplayCommand, WhatWasBeingWrittenAtTheEndIsNoLoss) {
  channel_.EmitText(0, "first");
  channel_.Pend(1);
  channel_.TakeNumber(1);
  Record();
  EXPECT_EQ(Run(), 0);
  EXPECT_NE(printed_.find("not captured             1  being written when the capture ended\n"),
            std::string::npos);
}

TEST_F(ReplayCommand, FullDiskOfTheReaderIsAnError) {
  channel_.EmitText(0, "first");
  Record();
  std::FILE* full = std::fopen("/dev/full", "w");
  EXPECT_THROW(RunReplay(options_, full), std::system_error);
  std::fclose(full);
}

TEST(ReplaySummary, LossWithoutACauseIsNoBalance) {
  ReplaySummary summary;
  summary.emitted = 3;
  summary.delivered = 2;
  EXPECT_EQ(ExitCodeOf(summary), kExitUnbalanced);
  summary.missing[LossKind::kUnexplained] = 1;
  EXPECT_EQ(ExitCodeOf(summary), kExitUnbalanced);
  EXPECT_NE(SummaryText(summary).find("DO NOT BALANCE"), std::string::npos);
  summary.missing = {{LossKind::kOverwritten, 1}};
  EXPECT_EQ(ExitCodeOf(summary), kExitLost);
  summary.missing = {{LossKind::kNotCaptured, 1}};
  EXPECT_EQ(ExitCodeOf(summary), kExitLost);
  summary.end_is_known = true;
  EXPECT_EQ(ExitCodeOf(summary), 0);
}

TEST(ReplaySummary, OnlySoManyFaultsAreRemembered) {
  ReplaySummary summary;
  for (uint64_t i = 0; i < ReplaySummary::kMaxFaults + 5; ++i) {
    summary.AddFault({"cpu0", i, 1, "no magic number"});
  }
  EXPECT_EQ(summary.faults.size(), ReplaySummary::kMaxFaults);
  EXPECT_NE(SummaryText(summary).find("unreadable: 5 places more\n"), std::string::npos);
}

TEST(ReplayFormat, DeviceIsShown) {
  EXPECT_EQ(HumanLine(TapeEvent(7)),
            "2026-11-23T02:20:01.000000Z          7  0.0.0580  TAP001I   "
            "Tape mounted on drive 0.0.0580 (3490), read-write\n");
}

TEST(ReplayFormat, FileNamesCannotForgeLines) {
  const CaptureFault fault{"a\nb\xff", 1, 0, "no magic number"};
  EXPECT_EQ(HumanLine(fault), "unreadable: a#012b\xff at 0x1: no magic number\n");
  EXPECT_EQ(nlohmann::json::parse(JsonLine(fault)).at("offset"), 1);
}

}  // namespace
}  // namespace s390log
