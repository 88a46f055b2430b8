// SPDX-License-Identifier: MIT
#include "s390log/volume_label.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "s390log/ebcdic.h"
#include "tests/host/bytes.h"

namespace s390log {
namespace {

// As hetinit writes it: VOL1, VOL001, owner S390LOG.
std::vector<std::byte> StandardLabel() {
  std::vector<std::byte> label =
      Hex("e5 d6 d3 f1  # VOL1\n"
          "e5 d6 d3 f0 f0 f1  # volser: VOL001\n");
  label.resize(kLabelSize, std::byte{0x40});
  const std::vector<std::byte> owner = Hex("e2 f3 f9 f0 d3 d6 c7");
  std::copy(owner.begin(), owner.end(), label.begin() + 41);
  return label;
}

std::vector<std::byte> AsciiLabel(std::string text) {
  text.resize(kLabelSize, ' ');
  std::vector<std::byte> label;
  for (const char c : text) label.push_back(static_cast<std::byte>(c));
  return label;
}

TEST(VolumeLabel, StandardLabelHasVolserAndOwner) {
  const VolumeLabel label = ParseVolumeLabel(StandardLabel());
  EXPECT_EQ(label.type, LabelType::kStandard);
  EXPECT_EQ(label.volser, "VOL001");
  EXPECT_EQ(label.owner, "S390LOG");
}

TEST(VolumeLabel, AsciiLabelHasVolserAndOwner) {
  const VolumeLabel label =
      ParseVolumeLabel(AsciiLabel("VOL1ABC   " + std::string(27, ' ') + "ME"));
  EXPECT_EQ(label.type, LabelType::kAscii);
  EXPECT_EQ(label.volser, "ABC");
  EXPECT_EQ(label.owner, "ME");
}

TEST(VolumeLabel, BlanksAtTheEndsAreNotOfTheName) {
  std::vector<std::byte> label = StandardLabel();
  const auto volser = Hex("40 c1 40 c2 40 40");
  std::copy(volser.begin(), volser.end(), label.begin() + 4);
  EXPECT_EQ(ParseVolumeLabel(label).volser, "A B");
  std::fill(label.begin() + 4, label.begin() + 10, std::byte{0x40});
  EXPECT_EQ(ParseVolumeLabel(label).type, LabelType::kStandard);
  EXPECT_EQ(ParseVolumeLabel(label).volser, "");
}

TEST(VolumeLabel, UnprintableBytesOfAVolserAreShownAsNumbers) {
  std::vector<std::byte> label = StandardLabel();
  const auto volser = Hex("e5 00 15 25 ff e0");  // V, NUL, two kinds of newline, a backslash
  std::copy(volser.begin(), volser.end(), label.begin() + 4);
  EXPECT_EQ(ParseVolumeLabel(label).volser, "V\\x00\\x15\\x25\\xff\\\\");
  std::vector<std::byte> ascii = AsciiLabel("VOL1A\n\x7f\x80\\");
  EXPECT_EQ(ParseVolumeLabel(ascii).volser, "A\\x0a\\x7f\\x80\\\\");
}

TEST(VolumeLabel, WhatIsNotExactlyALabelIsNone) {
  std::vector<std::byte> label = StandardLabel();
  label.pop_back();
  EXPECT_EQ(ParseVolumeLabel(label).type, LabelType::kNone);
  label = StandardLabel();
  label.push_back(std::byte{0x40});
  EXPECT_EQ(ParseVolumeLabel(label).type, LabelType::kNone);
  EXPECT_EQ(ParseVolumeLabel({}).type, LabelType::kNone);
  for (size_t i = 0; i < 4; ++i) {
    label = StandardLabel();
    label[i] ^= std::byte{1};
    EXPECT_EQ(ParseVolumeLabel(label).type, LabelType::kNone) << i;
  }
  EXPECT_EQ(ParseVolumeLabel(AsciiLabel("vol1ABCDEF")).type, LabelType::kNone);
  EXPECT_EQ(ParseVolumeLabel(AsciiLabel("HDR1ABCDEF")).type, LabelType::kNone);
}

TEST(VolumeLabel, DigitsAndLettersOfEbcdicAreTheirOwn) {
  EXPECT_EQ(FromEbcdic(Hex("81 89 91 99 a2 a9 c1 c9 d1 d9 e2 e9 f0 f9 4b 5b 60 61 7c 7b 6d")),
            "aijrszAIJRSZ09.$-/@#_");
}

TEST(VolumeLabel, AnyBytesGiveOneLineOfPrintableText) {
  std::mt19937 random(390);
  for (int i = 0; i < 20'000; ++i) {
    std::vector<std::byte> block = i % 2 == 0 ? StandardLabel() : AsciiLabel("VOL1");
    for (size_t at = 4; at < block.size(); ++at) block[at] = static_cast<std::byte>(random());
    if (i % 7 == 0) block.resize(random() % 100);
    const VolumeLabel label = ParseVolumeLabel(block);
    for (const std::string& text : {label.volser, label.owner}) {
      EXPECT_TRUE(
          std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; }));
    }
  }
}

}  // namespace
}  // namespace s390log
