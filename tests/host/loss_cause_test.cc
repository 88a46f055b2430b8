// SPDX-License-Identifier: MIT
#include "s390log/loss_cause.h"

#include <gtest/gtest.h>

namespace s390log {
namespace {

TEST(LossLedger, WithoutACounterNothingIsExplained) {
  LossLedger ledger;
  EXPECT_EQ(ToString(ledger.Settle(1)), "unexplained");
}

TEST(LossLedger, MoreMissingThanDroppedIsNotCalledDropped) {
  LossLedger ledger;
  ledger.AddDropped(1, 2);
  EXPECT_EQ(ledger.Settle(3).kind, LossKind::kUnexplained);
  ledger.AddUnreadable(4);
  EXPECT_EQ(ToString(ledger.Settle(3)), "unreadable records on CPU 4");
}

TEST(LossLedger, OneCpuIsNamed) {
  LossLedger ledger;
  ledger.AddDropped(1, 2);
  EXPECT_EQ(ToString(ledger.Settle(2)), "buffer full on CPU 1");
  EXPECT_EQ(ledger.Unsettled(), 0u);
}

TEST(LossLedger, SeveralCpusAreAllNamedUntilTheBooksAreSettled) {
  LossLedger ledger;
  ledger.AddDropped(3, 1);
  ledger.AddDropped(0, 1);
  EXPECT_EQ(ToString(ledger.Settle(1)), "buffer full on CPUs 0, 3");
  EXPECT_EQ(ToString(ledger.Settle(1)), "buffer full on CPUs 0, 3");
  ledger.AddDropped(3, 1);
  EXPECT_EQ(ToString(ledger.Settle(1)), "buffer full on CPU 3");
}

}  // namespace
}  // namespace s390log
