// SPDX-License-Identifier: MIT
#include "s390log/message.h"

#include <gtest/gtest.h>

#include "tests/host/test_events.h"

namespace s390log {
namespace {

TEST(Message, EventThatIsNotKnownIsNamedByItsBit) {
  Event event = TextEvent(7);
  event.id = 0x4;
  event.payload = UnknownPayload{12};
  EXPECT_EQ(NameOf(event), "event_00000004");
  EXPECT_EQ(TextOf(event),
            "Event 7 (event_00000004) came with 12 bytes of payload that do not describe it");
}

TEST(Message, KnownEventWithoutItsPayloadSaysSo) {
  Event event = TapeEvent(7);
  event.payload = UnknownPayload{0};
  EXPECT_EQ(MessageOf(event).message_id, "LOG004I");
  EXPECT_EQ(TextOf(event),
            "Event 7 (tape_loaded) came with 0 bytes of payload that do not describe it");
}

TEST(Message, GapOfOneAndOfManyAreSentences) {
  EXPECT_EQ(TextOf(GapEvent(5, 5)), "Event 5 lost: buffer full on CPU 1");
  EXPECT_EQ(TextOf(GapEvent(5, 9)), "Events 5 to 9 (5 in number) lost: buffer full on CPU 1");
}

TEST(Message, LostPayloadKeepsTheNameOfItsEvent) {
  EXPECT_EQ(NameOf(PayloadLostEvent(9)), "tape_loaded");
  EXPECT_EQ(MessageOf(PayloadLostEvent(9)).message_id, "LOG003W");
  EXPECT_EQ(TextOf(PayloadLostEvent(9)),
            "Event 9 (tape_loaded) happened, but its record is lost: buffer full on CPU 1");
}

TEST(Message, TapesAreSentences) {
  Event event = TapeEvent(1);
  EXPECT_EQ(TextOf(event), "Tape mounted on drive 0.0.0580 (3490), read-write");
  event.payload = TestTape(S390_LOG_TAPE_SENSED | S390_LOG_TAPE_WRITE_PROTECTED);
  EXPECT_EQ(TextOf(event), "Tape mounted on drive 0.0.0580 (3490), read-only");
  EXPECT_EQ(TextOf(TapeEvent(2, KEVENT_S390_TAPE_UNLOADED)),
            "Tape unmounted from drive 0.0.0580 (3490)");
}

TEST(Message, DevicesAreSentences) {
  EXPECT_EQ(TextOf(DeviceEvent(1)), "Device 0.0.0580 (3481) attached on subchannel 0.0.0007");
  EXPECT_EQ(TextOf(DeviceEvent(2, KEVENT_S390_DEVICE_REMOVED)),
            "Device 0.0.0580 (3481) detached from subchannel 0.0.0007");
}

TEST(Message, TextWithBracesIsNotAFormat) {
  EXPECT_EQ(TextOf(TextEvent(1, "{device} {} {0}")), "{device} {} {0}");
}

}  // namespace
}  // namespace s390log
