// SPDX-License-Identifier: MIT
#include "s390log/position_area.h"

#include <gtest/gtest.h>
#include <linux/s390_log.h>

#include <cstring>
#include <stdexcept>

#include "tests/host/fake_channel.h"

namespace s390log {
namespace {

constexpr uint32_t kSubbuf = 4096;

ParseFault FaultWith(size_t offset, uint32_t value) {
  FakeChannel channel(2, kSubbuf, 2);
  std::memcpy(channel.PositionMemory().data() + offset, &value, sizeof(value));
  return PositionArea::Check(channel.Positions()).value_or(ParseFault{FaultKind::kForeignBoot, 0});
}

TEST(PositionArea, MalformedOnesAreNamed) {
  EXPECT_EQ(FaultWith(0x00, 0x12345678), (ParseFault{FaultKind::kBadMagic, 0x00}));
  EXPECT_EQ(FaultWith(0x04, 2), (ParseFault{FaultKind::kBadVersion, 0x04}));
  EXPECT_EQ(FaultWith(0x08, 0x80), (ParseFault{FaultKind::kBadHeaderSize, 0x08}));
  EXPECT_EQ(FaultWith(0x08, 0x104), (ParseFault{FaultKind::kBadHeaderSize, 0x08}));
  EXPECT_EQ(FaultWith(0x0c, 0x20), (ParseFault{FaultKind::kBadGeometry, 0x0c}));
  EXPECT_EQ(FaultWith(0x10, 0), (ParseFault{FaultKind::kBadGeometry, 0x10}));
  EXPECT_EQ(FaultWith(0x10, 3), (ParseFault{FaultKind::kBadGeometry, 0x10}));
  EXPECT_EQ(FaultWith(0x10, 0xffffffff), (ParseFault{FaultKind::kBadGeometry, 0x10}));
}

TEST(PositionArea, TooShortIsRefused) {
  FakeChannel channel(1, kSubbuf, 2);
  EXPECT_EQ(PositionArea::Check(channel.Positions().first(255)),
            (ParseFault{FaultKind::kHeaderTruncated, 0}));
  EXPECT_THROW(PositionArea(channel.Positions().first(255)), std::runtime_error);
}

TEST(PositionArea, ShowsWhatWritersPublish) {
  FakeChannel channel(2, kSubbuf, 2);
  const PositionArea area(channel.Positions());
  EXPECT_EQ(area.CpuCount(), 2u);
  EXPECT_EQ(area.Boot(), TestBootId());
  EXPECT_EQ(area.Sequence(), SequenceNumber(0));
  EXPECT_EQ(area.Pending(1), std::nullopt);
  channel.Pend(1);
  EXPECT_EQ(area.Pending(1), SequenceNumber(1));
  const SequenceNumber number = channel.TakeNumber(1);
  EXPECT_EQ(area.Sequence(), SequenceNumber(1));
  channel.Write(1, number, Text("12345678"));
  EXPECT_EQ(area.Counters(1).position, 96u + 32u + 8u);
  EXPECT_EQ(area.Counters(1).records, 1u);
  EXPECT_EQ(area.Counters(0).position, 0u);
  channel.Clear(1);
  EXPECT_EQ(area.Pending(1), std::nullopt);
}

}  // namespace
}  // namespace s390log
