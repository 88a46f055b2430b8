// SPDX-License-Identifier: MIT
#include "logd/selection.h"

#include <gtest/gtest.h>

#include "tests/host/test_events.h"

namespace s390log {
namespace {

bool Wants(const SelectionConfig& config, const Event& event) {
  return Selection(config).Wants(event);
}

TEST(DevicePattern, NonsenseIsNone) {
  for (const char* text : {"", "0.0", "drive", "0.0.0580-", "-0.0.0580", "0.0.058f-0.0.0580",
                           "0.0.g*", "0.0.0580 ", "10000"}) {
    EXPECT_FALSE(DevicePattern::Parse(text)) << text;
  }
}

TEST(DevicePattern, IsOneDeviceARangeOrAPattern) {
  const auto matches = [](const char* text, const char* device) {
    return DevicePattern::Parse(text).value().Matches(DeviceNumber::Parse(device).value());
  };
  EXPECT_TRUE(matches("0.0.0580", "0.0.0580"));
  EXPECT_TRUE(matches("580", "0.0.0580"));
  EXPECT_FALSE(matches("0.0.0580", "0.0.0581"));
  EXPECT_FALSE(matches("0580", "0.1.0580"));
  EXPECT_TRUE(matches("0.0.0580-0.0.058f", "0.0.0580"));
  EXPECT_TRUE(matches("0.0.0580-0.0.058f", "0.0.058f"));
  EXPECT_FALSE(matches("0.0.0580-0.0.058f", "0.0.0590"));
  EXPECT_FALSE(matches("0.0.0580-0.0.058f", "0.0.057f"));
  EXPECT_TRUE(matches("0.0.05*", "0.0.0580"));
  EXPECT_TRUE(matches("*.058[0-3]", "0.1.0583"));
  EXPECT_FALSE(matches("*.058[0-3]", "0.1.0584"));
}

TEST(Selection, EventThatNoMessageHasIsNoPattern) {
  EXPECT_FALSE(Selection::IsEventPattern("TAP999I"));
  EXPECT_FALSE(Selection::IsEventPattern("tape"));
  EXPECT_FALSE(Selection::IsEventPattern(""));
  EXPECT_TRUE(Selection::IsEventPattern("TAP001I"));
  EXPECT_TRUE(Selection::IsEventPattern("tape_loaded"));
  EXPECT_TRUE(Selection::IsEventPattern("*W"));
}

TEST(Selection, WithoutConditionsTakesAll) {
  EXPECT_TRUE(SelectionConfig().TakesAll());
  EXPECT_TRUE(Wants({}, TextEvent(1)));
  EXPECT_TRUE(Wants({}, TapeErrorEvent(1)));
}

TEST(Selection, SeverityIsThisOneOrWorse) {
  EXPECT_FALSE(Wants({.severity = 4}, TapeEvent(1)));                                   // info
  EXPECT_TRUE(Wants({.severity = 4}, TapeErrorEvent(1)));                               // warning
  EXPECT_TRUE(Wants({.severity = 4}, TapeErrorEvent(1, KEVENT_S390_TAPE_IO_ERROR)));    // err
  EXPECT_FALSE(Wants({.severity = 3}, TapeErrorEvent(1, KEVENT_S390_TAPE_PROTECTED)));  // warning
}

TEST(Selection, EventsAreNamedByMessageByNameOrByPattern) {
  EXPECT_TRUE(Wants({.events = {"TAP001I"}}, TapeEvent(1)));
  EXPECT_TRUE(Wants({.events = {"tape_loaded"}}, TapeEvent(1)));
  EXPECT_TRUE(Wants({.events = {"TAP*"}}, TapeEvent(1)));
  EXPECT_TRUE(Wants({.events = {"LOG*", "TAP001I"}}, TapeEvent(1)));
  EXPECT_FALSE(Wants({.events = {"TAP001I"}}, TapeEvent(1, KEVENT_S390_TAPE_UNLOADED)));
}

// Of one kernel event there may be several messages.
TEST(Selection, MessageOfASpecialCaseIsNotThatOfItsEvent) {
  Event recovered = TapeErrorEvent(1, KEVENT_S390_TAPE_IO_ERROR);
  recovered.payload = TestTapeError(S390_LOG_ERROR_SENSED | S390_LOG_ERROR_RECOVERED);
  EXPECT_TRUE(Wants({.events = {"TAP004W"}}, recovered));
  EXPECT_FALSE(Wants({.events = {"TAP003E"}}, recovered));
}

TEST(Selection, DevicesAreTheirsAndNotThoseWithoutOne) {
  EXPECT_TRUE(Wants({.devices = {"0.0.0580"}}, TapeEvent(1)));
  EXPECT_TRUE(Wants({.devices = {"0.0.0001", "0.0.05*"}}, TapeEvent(1)));
  EXPECT_FALSE(Wants({.devices = {"0.0.0581"}}, TapeEvent(1)));
  EXPECT_FALSE(Wants({.devices = {"0.0.0581"}}, TextEvent(1)));
}

TEST(Selection, AllConditionsMustHold) {
  const SelectionConfig config{.severity = 4, .events = {"TAP*"}, .devices = {"0.0.0580"}};
  EXPECT_TRUE(Wants(config, TapeErrorEvent(1)));
  EXPECT_FALSE(Wants(config, TapeEvent(1)));
  EXPECT_FALSE(Wants(config, UnitCheckEvent(1)));
}

TEST(Selection, GapIsForEverybody) {
  const SelectionConfig config{.severity = 0, .events = {"TAP001I"}, .devices = {"0.0.0581"}};
  EXPECT_TRUE(Wants(config, GapEvent(1, 2)));
}

TEST(Selection, LostPayloadIsKnownByItsKindAndOfAnyDevice) {
  EXPECT_TRUE(Wants({.events = {"tape_loaded"}, .devices = {"0.0.0581"}}, PayloadLostEvent(1)));
  EXPECT_TRUE(Wants({.events = {"LOG003W"}}, PayloadLostEvent(1)));
  EXPECT_FALSE(Wants({.events = {"tape_unloaded"}}, PayloadLostEvent(1)));
}

}  // namespace
}  // namespace s390log
