// SPDX-License-Identifier: MIT
#include "s390log/loss_ledger.h"

#include <gtest/gtest.h>

namespace s390log {
namespace {

// "buffer full on CPU 1, to 7": the cause, and up to which number it holds.
std::string Settle(LossLedger& ledger, uint64_t first, uint64_t last) {
  const auto settled = ledger.Settle(SequenceNumber(first), SequenceNumber(last));
  return ToString(settled.cause) + ", to " + std::to_string(settled.last.Value());
}

Overwritten Lapped(uint32_t cpu, uint64_t after, uint64_t before, std::optional<uint64_t> count) {
  return {cpu, SequenceNumber(after), SequenceNumber(before), count};
}

TEST(LossLedger, WithoutACounterNothingIsExplained) {
  LossLedger ledger;
  EXPECT_EQ(Settle(ledger, 1, 1), "unexplained, to 1");
}

TEST(LossLedger, MoreMissingThanDroppedIsNotCalledDropped) {
  LossLedger ledger;
  ledger.AddDropped(1, 2);
  EXPECT_EQ(Settle(ledger, 1, 3), "unexplained, to 3");
  ledger.AddUnreadable(4);
  EXPECT_EQ(Settle(ledger, 4, 6), "unreadable records on CPU 4, to 6");
}

TEST(LossLedger, OneCpuIsNamed) {
  LossLedger ledger;
  ledger.AddDropped(1, 2);
  EXPECT_EQ(Settle(ledger, 5, 6), "buffer full on CPU 1, to 6");
  EXPECT_EQ(Settle(ledger, 7, 7), "unexplained, to 7");
}

TEST(LossLedger, SeveralCpusAreAllNamedUntilTheBooksAreSettled) {
  LossLedger ledger;
  ledger.AddDropped(3, 1);
  ledger.AddDropped(0, 1);
  EXPECT_EQ(Settle(ledger, 1, 1), "buffer full on CPUs 0, 3, to 1");
  EXPECT_EQ(Settle(ledger, 2, 2), "buffer full on CPUs 0, 3, to 2");
  ledger.AddDropped(3, 1);
  EXPECT_EQ(Settle(ledger, 3, 3), "buffer full on CPU 3, to 3");
}

TEST(LossLedger, OverwrittenNumbersLieBetweenTheirBounds) {
  LossLedger ledger;
  ledger.AddOverwritten(Lapped(1, 10, 20, 3));
  EXPECT_EQ(Settle(ledger, 9, 12), "unexplained, to 10");
  EXPECT_EQ(Settle(ledger, 11, 12), "overwritten before it was read on CPU 1, to 12");
  EXPECT_EQ(Settle(ledger, 19, 22), "overwritten before it was read on CPU 1, to 19");
  EXPECT_EQ(Settle(ledger, 20, 22), "unexplained, to 22");
}

TEST(LossLedger, OverwrittenExplainNoMoreThanTheirNumber) {
  LossLedger ledger;
  ledger.AddOverwritten(Lapped(1, 10, 20, 2));
  EXPECT_EQ(Settle(ledger, 11, 15), "overwritten before it was read on CPU 1, to 12");
  EXPECT_EQ(Settle(ledger, 13, 15), "unexplained, to 15");
}

TEST(LossLedger, OverwrittenOnTwoCpusAreSharedOut) {
  LossLedger ledger;
  ledger.AddOverwritten(Lapped(0, 10, 30, 2));
  ledger.AddOverwritten(Lapped(1, 10, 30, 3));
  EXPECT_EQ(Settle(ledger, 11, 15), "overwritten before it was read on CPUs 0, 1, to 15");
  EXPECT_EQ(Settle(ledger, 16, 16), "unexplained, to 16");
}

TEST(LossLedger, WhatEndsFirstIsUsedUpFirst) {
  LossLedger ledger;
  ledger.AddOverwritten(Lapped(0, 10, 100, 5));
  ledger.AddOverwritten(Lapped(1, 10, 20, 5));
  EXPECT_EQ(Settle(ledger, 11, 15), "overwritten before it was read on CPUs 0, 1, to 15");
  EXPECT_EQ(Settle(ledger, 90, 94), "overwritten before it was read on CPU 0, to 94");
}

TEST(LossLedger, WhatBeginsLaterIsNotPassedOver) {
  LossLedger ledger;
  ledger.AddOverwritten(Lapped(0, 10, 100, 20));
  ledger.AddOverwritten(Lapped(1, 15, 20, 4));
  EXPECT_EQ(Settle(ledger, 11, 30), "overwritten before it was read on CPU 0, to 15");
  EXPECT_EQ(Settle(ledger, 16, 30), "overwritten before it was read on CPUs 0, 1, to 19");
  EXPECT_EQ(Settle(ledger, 20, 34), "overwritten before it was read on CPU 0, to 34");
}

TEST(LossLedger, OverwrittenOfUnknownNumberExplainAllUpToTheirBound) {
  LossLedger ledger;
  ledger.AddOverwritten(Lapped(0, 0, 100, std::nullopt));
  EXPECT_EQ(Settle(ledger, 1, 500), "overwritten before it was read on CPU 0, to 99");
}

TEST(LossLedger, UnknownNumberLeavesKnownOnesUntouched) {
  LossLedger ledger;
  ledger.AddOverwritten(Lapped(0, 0, 20, std::nullopt));
  ledger.AddOverwritten(Lapped(1, 0, 100, 2));
  EXPECT_EQ(Settle(ledger, 1, 5), "overwritten before it was read on CPUs 0, 1, to 5");
  EXPECT_EQ(Settle(ledger, 90, 91), "overwritten before it was read on CPU 1, to 91");
}

TEST(LossLedger, DropsExplainWhatOverwritingDoesNot) {
  LossLedger ledger;
  ledger.AddDropped(2, 5);
  ledger.AddOverwritten(Lapped(0, 10, 12, 1));
  EXPECT_EQ(Settle(ledger, 8, 12), "buffer full on CPU 2, to 10");
  EXPECT_EQ(Settle(ledger, 11, 12), "overwritten before it was read on CPU 0, to 11");
  EXPECT_EQ(Settle(ledger, 12, 12), "buffer full on CPU 2, to 12");
}

TEST(LossLedger, LossesOfTwoKindsAreToldApart) {
  LossLedger ledger;
  Overwritten damaged = Lapped(1, 0, 20, 2);
  damaged.kind = LossKind::kUnreadable;
  ledger.AddOverwritten(damaged);
  ledger.AddOverwritten(Lapped(0, 0, 30, 3));
  EXPECT_EQ(Settle(ledger, 5, 9), "unreadable records on CPU 1, to 6");
  EXPECT_EQ(Settle(ledger, 7, 9), "overwritten before it was read on CPU 0, to 9");
}

TEST(LossLedger, WhatExplainsTheFewestIsUsedFirstWhateverItsKind) {
  LossLedger ledger;
  Overwritten dropped = Lapped(0, 0, 20, 1);
  dropped.kind = LossKind::kBufferFull;
  ledger.AddOverwritten(Lapped(0, 0, 20, 3));
  ledger.AddOverwritten(dropped);
  ledger.AddOverwritten(Lapped(1, 0, 30, 5));
  EXPECT_EQ(Settle(ledger, 10, 17), "overwritten before it was read on CPU 0, to 12");
  EXPECT_EQ(Settle(ledger, 13, 17), "buffer full on CPU 0, to 13");
  EXPECT_EQ(Settle(ledger, 14, 17), "overwritten before it was read on CPU 1, to 17");
  EXPECT_EQ(Settle(ledger, 25, 25), "overwritten before it was read on CPU 1, to 25");
}

TEST(LossLedger, CountsBeyondAnyReasonAreNotAddedUpToFew) {
  LossLedger ledger;
  ledger.AddOverwritten(Lapped(0, 0, 1000, UINT64_MAX));
  ledger.AddOverwritten(Lapped(1, 0, 1000, 2));
  EXPECT_EQ(Settle(ledger, 1, 9), "overwritten before it was read on CPUs 0, 1, to 9");
}

TEST(LossLedger, BeyondTheEndOfACaptureNothingIsUnexplained) {
  LossLedger ledger;
  EXPECT_EQ(Settle(ledger, 1, 2), "unexplained, to 2");
  ledger.EndCapture();
  EXPECT_EQ(Settle(ledger, 3, 4), "not captured, to 4");
}

}  // namespace
}  // namespace s390log
