// SPDX-License-Identifier: MIT
#include "s390log/decode.h"

#include <gtest/gtest.h>

#include "tests/host/bytes.h"

namespace s390log {
namespace {

TEST(Decoder, HoldsNothingBeyondTheEnd) {
  const auto bytes = Hex("01 02 03 04");
  const Decoder decoder(bytes, ByteOrder::kBig);
  EXPECT_TRUE(decoder.Holds(0, 4));
  EXPECT_TRUE(decoder.Holds(4, 0));
  EXPECT_FALSE(decoder.Holds(1, 4));
  EXPECT_FALSE(decoder.Holds(5, 0));
  EXPECT_FALSE(decoder.Holds(SIZE_MAX, 2));
  EXPECT_FALSE(decoder.Holds(1, SIZE_MAX));
}

TEST(Decoder, MagicInNeitherOrderIsRefused) {
  EXPECT_EQ(OrderOfMagic(Hex("73 39 30"), 0x7339304c), std::nullopt);
  EXPECT_EQ(OrderOfMagic(Hex("73 39 4c 30"), 0x7339304c), std::nullopt);
}

TEST(Decoder, MagicTellsTheByteOrder) {
  EXPECT_EQ(OrderOfMagic(Hex("73 39 30 4c"), 0x7339304c), ByteOrder::kBig);
  EXPECT_EQ(OrderOfMagic(Hex("4c 30 39 73"), 0x7339304c), ByteOrder::kLittle);
}

TEST(Decoder, ReadsBothOrdersAtAnyOffset) {
  const auto bytes = Hex("ff 01 02 03 04 05 06 07 08");
  const Decoder big(bytes, ByteOrder::kBig);
  const Decoder little(bytes, ByteOrder::kLittle);
  EXPECT_EQ(big.U8(1), 0x01);
  EXPECT_EQ(big.U16(1), 0x0102);
  EXPECT_EQ(big.U32(1), 0x01020304u);
  EXPECT_EQ(big.U64(1), 0x0102030405060708u);
  EXPECT_EQ(little.U16(1), 0x0201);
  EXPECT_EQ(little.U32(1), 0x04030201u);
  EXPECT_EQ(little.U64(1), 0x0807060504030201u);
}

}  // namespace
}  // namespace s390log
