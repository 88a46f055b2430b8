// SPDX-License-Identifier: MIT
#include "logd/backlog.h"

#include <gtest/gtest.h>

#include "tests/host/test_events.h"

namespace s390log {
namespace {

TEST(Backlog, RoomEndsAtItsMaximumAndComesBack) {
  Backlog backlog(2);
  backlog.Append(TextEvent(1));
  backlog.Append(TextEvent(2));
  EXPECT_EQ(backlog.Room(), 0u);
  backlog.TrimTo(1);
  EXPECT_EQ(backlog.Room(), 1u);
}

TEST(Backlog, TrimmingBeyondTheEndStopsThere) {
  Backlog backlog(4);
  backlog.Append(TextEvent(1));
  backlog.TrimTo(100);
  EXPECT_EQ(backlog.Begin(), 1u);
  EXPECT_EQ(backlog.End(), 1u);
}

TEST(Backlog, IndexesStayWhatTheyWere) {
  Backlog backlog(4);
  for (uint64_t i = 1; i <= 3; ++i) backlog.Append(TextEvent(i));
  backlog.TrimTo(2);
  EXPECT_EQ(backlog.Begin(), 2u);
  EXPECT_EQ(backlog.At(2).first, SequenceNumber(3));
}

TEST(Backlog, BooksTellTakenFromWaiting) {
  Backlog backlog(8);
  backlog.Append(TextEvent(1));
  backlog.Append(GapEvent(2, 5));
  backlog.Append(PayloadLostEvent(6));
  EXPECT_EQ(backlog.Numbers(), 6u);
  EXPECT_EQ(backlog.TakenThrough(), SequenceNumber(0));
  backlog.TrimTo(2);
  EXPECT_EQ(backlog.Numbers(), 1u);
  EXPECT_EQ(backlog.TakenThrough(), SequenceNumber(5));
  EXPECT_EQ(backlog.Taken().complete, 1u);
  EXPECT_EQ(backlog.Taken().gaps, 1u);
  EXPECT_EQ(backlog.Taken().lost, 4u);
  backlog.TrimTo(3);
  EXPECT_EQ(backlog.Taken().payload_lost, 1u);
  EXPECT_EQ(backlog.Taken().Delivered(), 2u);
}

}  // namespace
}  // namespace s390log
