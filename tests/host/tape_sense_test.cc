// SPDX-License-Identifier: MIT
#include "s390log/tape_sense.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace s390log {
namespace {

// The codes that Linux 6.1's tape_34xx.c knows.
constexpr uint8_t kCodes[] = {0x00, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a,
                              0x2b, 0x2c, 0x2d, 0x2e, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36,
                              0x37, 0x38, 0x39, 0x3a, 0x3b, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45,
                              0x46, 0x47, 0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x50, 0x51,
                              0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x5a, 0x5b, 0x5c, 0x5d, 0x5e};

TEST(TapeSense, EveryCodeThatTheTapeDriverKnowsIsDescribedAndNoOther) {
  std::set<uint8_t> described;
  for (const ErpaEntry& erpa : ErpaTable()) described.insert(erpa.code);
  EXPECT_EQ(described, std::set<uint8_t>(std::begin(kCodes), std::end(kCodes)));
}

TEST(TapeSense, EveryBitOfBytes0To2IsDescribedOnce) {
  std::array<unsigned, 3> covered = {};
  for (const SenseBitEntry& bit : SenseBitTable()) {
    EXPECT_EQ(covered.at(bit.byte) & bit.mask, 0u) << bit.name;
    covered.at(bit.byte) |= bit.mask;
  }
  EXPECT_EQ(covered, (std::array<unsigned, 3>{0xff, 0xff, 0xff}));
}

TEST(TapeSense, EveryEntryNamesAnActorAndExplainsItself) {
  for (const ErpaEntry& erpa : ErpaTable()) {
    EXPECT_NE(FindActor(erpa.actor), nullptr) << int{erpa.code};
    EXPECT_FALSE(erpa.name.empty() || erpa.explanation.empty() || erpa.action.empty());
  }
  for (const SenseBitEntry& bit : SenseBitTable()) {
    EXPECT_NE(FindActor(bit.actor), nullptr) << bit.name;
    EXPECT_FALSE(bit.name.empty() || bit.explanation.empty());
  }
}

TEST(TapeSense, WhoMustActIsAsTheCodesSay) {
  const auto actor = [](uint8_t code) { return FindErpa(code)->actor; };
  for (const uint8_t code : {0x2e, 0x30, 0x33, 0x3a, 0x3b, 0x43, 0x46, 0x5a, 0x5d}) {
    EXPECT_EQ(actor(code), "operator") << int{code};
  }
  EXPECT_EQ(actor(0x45), "administrator");
  for (const uint8_t code : {0x23, 0x25, 0x26, 0x28, 0x31, 0x32, 0x37, 0x41}) {
    EXPECT_EQ(actor(code), "media") << int{code};
  }
  for (const uint8_t code : {0x21, 0x22, 0x2c, 0x34, 0x35, 0x42, 0x49, 0x4a, 0x4b, 0x55, 0x56}) {
    EXPECT_EQ(actor(code), "service") << int{code};
  }
  for (const uint8_t code : {0x27, 0x29, 0x2d, 0x36, 0x38, 0x39, 0x40, 0x44, 0x47, 0x4e}) {
    EXPECT_EQ(actor(code), "application") << int{code};
  }
  for (const uint8_t code : {0x24, 0x2a, 0x2b, 0x48, 0x4c, 0x4d, 0x50, 0x54, 0x57}) {
    EXPECT_EQ(actor(code), "none") << int{code};
  }
}

TEST(TapeSense, BitsAreWordsInTheirOrder) {
  const std::array<uint8_t, 4> sense = {0x80, 0x4a, 0x20, 0x30};
  EXPECT_EQ(SenseWords(sense),
            "command reject, drive online, beginning of tape, write protect, channel adapter");
  EXPECT_EQ(SenseWords(std::span(sense).first(1)), "command reject");
  EXPECT_EQ(SenseWords({}), "");
}

TEST(TapeSense, CodeThatIsNotDescribedGoesByTheBits) {
  const std::array<uint8_t, 4> sense = {0x08, 0x40, 0x00, 0xee};
  const SenseVerdict verdict = VerdictOf(sense);
  EXPECT_EQ(verdict.meaning, "data check, drive online (unknown ERPA ee)");
  EXPECT_EQ(verdict.actor, "media");
  const std::array<uint8_t, 4> nothing = {0x00, 0x40, 0x00, 0xee};
  EXPECT_EQ(VerdictOf(nothing).actor, "service");
}

}  // namespace
}  // namespace s390log
