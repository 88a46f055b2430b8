// SPDX-License-Identifier: MIT
#include "logd/time_point.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace s390log {
namespace {

constexpr uint64_t kSecond = 1'000'000'000;
constexpr uint64_t kNow = 1'795'400'401 * kSecond + 789;  // 2026-11-23T02:20:01.000000789Z
constexpr uint64_t kMidnight = 1'795'392'000 * kSecond;

class TimePoint : public testing::Test {
 protected:
  void SetUp() override { SetZone("UTC"); }
  void TearDown() override { SetZone("UTC"); }
  void SetZone(const char* zone) {
    ::setenv("TZ", zone, 1);
    ::tzset();
  }
};

TEST_F(TimePoint, WordsAreRelativeToNow) {
  EXPECT_EQ(ParseTime("now", kNow), kNow);
  EXPECT_EQ(ParseTime("today", kNow), kMidnight);
  EXPECT_EQ(ParseTime("yesterday", kNow), kMidnight - 86'400 * kSecond);
  EXPECT_EQ(ParseTime("90 seconds ago", kNow), kNow - 90 * kSecond);
  EXPECT_EQ(ParseTime("1 minute ago", kNow), kNow - 60 * kSecond);
  EXPECT_EQ(ParseTime("2 hours ago", kNow), kNow - 7200 * kSecond);
  EXPECT_EQ(ParseTime("1 week ago", kNow), kNow - 604'800 * kSecond);
}

TEST_F(TimePoint, Rfc3339IsReadToTheNanosecond) {
  EXPECT_EQ(ParseTime("2026-11-23T02:20:01.000000789Z", 0), kNow);
  EXPECT_EQ(ParseTime("2026-11-23T02:20:01Z", 0), kNow - 789);
  EXPECT_EQ(ParseTime("2026-11-23T02:20:01.5Z", 0), kNow - 789 + kSecond / 2);
  EXPECT_EQ(ParseTime("2026-11-23T04:20:01+02:00", 0), kNow - 789);
  EXPECT_EQ(ParseTime("2026-11-22T21:50:01-04:30", 0), kNow - 789);
}

TEST_F(TimePoint, WithoutAZoneItIsLocal) {
  SetZone("EST5");
  EXPECT_EQ(ParseTime("2026-11-22 21:20:01", kNow), kNow - 789);
  EXPECT_EQ(ParseTime("2026-11-23", kNow), kMidnight + 5 * 3600 * kSecond);
  EXPECT_EQ(ParseTime("today", kNow), kMidnight - 19 * 3600 * kSecond) << "it is evening there";
}

TEST_F(TimePoint, TimeAloneIsTodays) {
  EXPECT_EQ(ParseTime("01:30", kNow), kMidnight + 5400 * kSecond);
  EXPECT_EQ(ParseTime("01:30:05", kNow), kMidnight + 5405 * kSecond);
}

TEST_F(TimePoint, NonsenseIsRefused) {
  for (const char* text :
       {"", "soon", "2 fortnights ago", "2 hours", "-1 hours ago", "99999999999999999999 days ago",
        "2026-13-01", "2026-11-23T02:20:01Y", "2026-11-23T02:20:01+2:00", "2026-11-23 25:00",
        "2026-11-23T02:20:01.Z", "1000000 weeks ago", "12:30 tomorrow"}) {
    EXPECT_EQ(ParseTime(text, kNow), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace s390log
