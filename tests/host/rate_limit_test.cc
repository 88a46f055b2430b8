// SPDX-License-Identifier: MIT
#include "logd/rate_limit.h"

#include <gtest/gtest.h>

namespace s390log {
namespace {

constexpr uint64_t kMs = 1'000'000;
constexpr uint64_t kStart = 1'000'000 * kMs;

int Admitted(RateLimit& limit, uint64_t time_ns, int events) {
  int admitted = 0;
  for (int i = 0; i < events; ++i) admitted += limit.Admit(time_ns) ? 1 : 0;
  return admitted;
}

TEST(RateLimit, BurstPassesAndThenNothing) {
  RateLimit limit(10, 50);
  EXPECT_EQ(Admitted(limit, kStart, 100), 50);
  EXPECT_EQ(limit.HoldsUntil(), kStart + 1000 * kMs);
}

TEST(RateLimit, WithoutABurstASecondsWorthPasses) {
  RateLimit limit(10, 0);
  EXPECT_EQ(Admitted(limit, kStart, 100), 10);
}

TEST(RateLimit, WhatStaysBelowAlwaysPasses) {
  RateLimit limit(10, 1);
  for (uint64_t i = 0; i < 1000; ++i) EXPECT_TRUE(limit.Admit(kStart + i * 100 * kMs)) << i;
  EXPECT_FALSE(limit.HoldsUntil());
}

TEST(RateLimit, HoldsUntilASecondsWorthIsThereAgain) {
  RateLimit limit(10, 50);
  Admitted(limit, kStart, 51);
  EXPECT_EQ(Admitted(limit, kStart + 999 * kMs, 5), 0);
  EXPECT_EQ(Admitted(limit, kStart + 1000 * kMs, 100), 10);
}

TEST(RateLimit, OneASecondIsOneASecond) {
  RateLimit limit(1, 1);
  int admitted = 0;
  for (uint64_t i = 0; i < 100; ++i) admitted += limit.Admit(kStart + i * 100 * kMs) ? 1 : 0;
  EXPECT_EQ(admitted, 10);
}

TEST(RateLimit, LongRunPassesAsManyAsAreAllowed) {
  RateLimit limit(1000, 2000);
  uint64_t admitted = 0;
  for (uint64_t i = 0; i < 100'000; ++i) admitted += limit.Admit(kStart + i * kMs / 10) ? 1 : 0;
  EXPECT_GE(admitted, 10'000u);  // ten seconds
  EXPECT_LE(admitted, 12'000u);
}

TEST(RateLimit, ClockThatIsSetBackBringsNothingAndCostsNothing) {
  RateLimit limit(10, 10);
  EXPECT_EQ(Admitted(limit, kStart, 20), 10);
  EXPECT_EQ(Admitted(limit, kStart - 5000 * kMs, 5), 0);
  EXPECT_EQ(Admitted(limit, kStart + 1000 * kMs, 20), 10);
}

TEST(RateLimit, HugeNumbersDoNotOverflow) {
  RateLimit limit(1, 10'000'000);
  EXPECT_EQ(Admitted(limit, UINT64_MAX, 3), 3);
  RateLimit quick(1'000'000, 10'000'000);
  EXPECT_EQ(Admitted(quick, kStart, 10'000'001), 10'000'000);
}

}  // namespace
}  // namespace s390log
