// SPDX-License-Identifier: MIT
#include "s390log/message.h"

#include <gtest/gtest.h>

#include "tests/host/test_events.h"

namespace s390log {
namespace {

TEST(Message, EventThatIsNotKnownIsNamedByItsBit) {
  Event event = TextEvent(7);
  event.id = 0x800;
  event.payload = UnknownPayload{12};
  EXPECT_EQ(NameOf(event), "event_00000800");
  EXPECT_EQ(TextOf(event),
            "Event 7 (event_00000800) came with 12 bytes of payload that do not describe it");
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

TEST(Message, WhatIsSuppressedIsCountedAndLocated) {
  EXPECT_EQ(TextOf(SuppressedEvent(5, 5, 1)),
            "Event 5 suppressed by the rate limit of this destination");
  EXPECT_EQ(TextOf(SuppressedEvent(5, 90, 7)),
            "7 events from 5 to 90 suppressed by the rate limit of this destination");
  EXPECT_EQ(NameOf(SuppressedEvent(5, 9, 5)), "suppressed");
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

std::string TextOfError(uint32_t id, const TapeErrorPayload& error) {
  Event event = TapeErrorEvent(1, id);
  event.payload = error;
  return TextOf(event);
}

// A command, sense bytes 0 to 3, and flags besides S390_LOG_ERROR_SENSED.
TapeErrorPayload Sensed(uint8_t command, uint32_t sense, uint8_t flags = S390_LOG_ERROR_PERMANENT) {
  TapeErrorPayload error = TestTapeError(S390_LOG_ERROR_SENSED | flags);
  error.command = command;
  for (size_t i = 0; i < 4; ++i) error.sense[i] = static_cast<uint8_t>(sense >> (24 - 8 * i));
  error.erpa = error.sense[3];
  return error;
}

TEST(Message, TapeErrorsSayWhatFailedWhyAndWhoMustAct) {
  EXPECT_EQ(TextOfError(KEVENT_S390_TAPE_IO_ERROR, Sensed(0x02, 0x08402023)),
            "I/O error on drive 0.0.0580 (3490): read failed: data on the tape cannot be read "
            "(ERPA 23); check the cartridge");
  EXPECT_EQ(TextOfError(KEVENT_S390_TAPE_PROTECTED, Sensed(0x01, 0x804a2030)),
            "Tape in drive 0.0.0580 (3490) is write-protected: write refused; operator "
            "action needed");
  EXPECT_EQ(TextOfError(KEVENT_S390_TAPE_UNREADABLE, Sensed(0x02, 0x08482031)),
            "Tape in drive 0.0.0580 (3490) cannot be read: nothing is recorded here (ERPA 31); "
            "check the cartridge");
  EXPECT_EQ(TextOfError(KEVENT_S390_TAPE_CORRUPT, Sensed(0x02, 0x10402036)),
            "Corrupt block on the tape in drive 0.0.0580 (3490), ERPA 36: the program takes it for "
            "the end of the file; check the cartridge");
  EXPECT_EQ(
      TextOfError(KEVENT_S390_TAPE_INTERVENTION, Sensed(0x02, 0x40422043)),
      "Drive 0.0.0580 (3490) is not ready: read failed: no tape in the drive, or the drive is "
      "not ready (ERPA 43); operator action needed");
  EXPECT_EQ(TextOfError(KEVENT_S390_TAPE_ASSIGNED, Sensed(0xb7, 0x81402045)),
            "Drive 0.0.0580 (3490) belongs to another system: assign failed; administrator "
            "action needed");
}

TEST(Message, TapeErrorsWithoutSenseGoByTheStatus) {
  TapeErrorPayload end = TestTapeError(S390_LOG_ERROR_PERMANENT);
  end.command = 0x01;
  end.unit_status = 0x0d;
  EXPECT_EQ(TextOfError(KEVENT_S390_TAPE_END, end),
            "Tape in drive 0.0.0580 (3490) is full at write: the mark near the end of the tape is "
            "reached");
  TapeErrorPayload check = TestTapeError(S390_LOG_ERROR_PERMANENT);
  check.unit_status = 0;
  check.channel_status = 0x48;
  EXPECT_EQ(TextOfError(KEVENT_S390_TAPE_IO_ERROR, check),
            "I/O error on drive 0.0.0580 (3490): read failed: channel data check; "
            "call service");
  TapeErrorPayload timeout = TestTapeError(S390_LOG_ERROR_PERMANENT | S390_LOG_ERROR_TIMEOUT);
  timeout.command = 0;
  EXPECT_EQ(TextOfError(KEVENT_S390_TAPE_IO_ERROR, timeout),
            "I/O error on drive 0.0.0580 (3490): an operation got no answer: no interrupt came in "
            "time; call service");
}

TEST(Message, TapeErrorsThatNoOperationHadAndThatHaveNoSenseAreSentences) {
  EXPECT_EQ(
      TextOfError(KEVENT_S390_TAPE_IO_ERROR, Sensed(0x00, 0x10402035, S390_LOG_ERROR_UNSOLICITED)),
      "I/O error on drive 0.0.0580 (3490): the drive reported without being asked: fault of "
      "the drive (ERPA 35); call service");
  TapeErrorPayload check = TestTapeError(S390_LOG_ERROR_PERMANENT);
  EXPECT_EQ(TextOfError(KEVENT_S390_TAPE_IO_ERROR, check),
            "I/O error on drive 0.0.0580 (3490): read failed: unit check, but no sense bytes came; "
            "call service");
  TapeErrorPayload killed = TestTapeError(S390_LOG_ERROR_PERMANENT | S390_LOG_ERROR_KILLED);
  killed.command = 0;
  EXPECT_EQ(TextOfError(KEVENT_S390_TAPE_IO_ERROR, killed),
            "I/O error on drive 0.0.0580 (3490): an operation was given up: the channel path that "
            "it used cannot be used any more; call service");
}

TEST(Message, RetriesAreTold) {
  TapeErrorPayload error = Sensed(0x01, 0x00402021, S390_LOG_ERROR_RECOVERED);
  error.retries = 1;
  EXPECT_EQ(
      TextOfError(KEVENT_S390_TAPE_IO_ERROR, error),
      "Error on drive 0.0.0580 (3490) overcome: write succeeded after 1 retry: data streaming "
      "does not work (ERPA 21)");
  error.flags = S390_LOG_ERROR_SENSED | S390_LOG_ERROR_PERMANENT;
  error.retries = 3;
  EXPECT_NE(TextOfError(KEVENT_S390_TAPE_IO_ERROR, error).find("write failed after 3 retries: "),
            std::string::npos);
  error.flags = S390_LOG_ERROR_SENSED;
  error.retries = 10;
  EXPECT_NE(
      TextOfError(KEVENT_S390_TAPE_IO_ERROR, error).find("write still fails after 10 retries"),
      std::string::npos);
}

TEST(Message, UnitChecksOfOtherDevicesAreSentences) {
  Event event = UnitCheckEvent(1);
  EXPECT_EQ(MessageOf(event).message_id, "DEV007W");
  EXPECT_EQ(TextOf(event),
            "Device 0.0.000c (3505) answered command 02 with a unit check: intervention required, "
            "sense 40");
  UnitCheckPayload check = TestUnitCheck();
  check.sense = {0x88, 0x00, 0x01};
  check.sense_length = 24;
  check.suppressed = 95;
  event.payload = check;
  EXPECT_EQ(TextOf(event),
            "Device 0.0.000c (3505) answered command 02 with a unit check: command reject, data "
            "check, sense 880001; 95 more before it");
  check = TestUnitCheck();
  check.flags = S390_LOG_UNIT_CHECK_UNSOLICITED;
  event.payload = check;
  EXPECT_EQ(TextOf(event),
            "Device 0.0.000c (3505) reported by itself a unit check: no sense bytes came");
}

TEST(Message, EndOfWhatIsRecordedIsNoError) {
  const auto id = [](uint32_t sense) {
    Event event = TapeErrorEvent(1, KEVENT_S390_TAPE_UNREADABLE);
    event.payload = Sensed(0x02, sense);
    return MessageOf(event).message_id;
  };
  EXPECT_EQ(id(0x08402031), "TAP012I");
  EXPECT_EQ(id(0x08402036), "TAP012I");
  EXPECT_EQ(id(0x08482031), "TAP007W");
  EXPECT_EQ(id(0x0140202e), "TAP007W");
}

TEST(Message, RecoveredErrorKeepsTheNameOfItsEvent) {
  Event event = TapeErrorEvent(1, KEVENT_S390_TAPE_IO_ERROR);
  event.payload = Sensed(0x01, 0x00402021, S390_LOG_ERROR_RECOVERED);
  EXPECT_EQ(NameOf(event), "tape_io_error");
  EXPECT_EQ(MessageOf(event).message_id, "TAP004W");
}

TEST(Message, ChannelReportsAreSentences) {
  Event event = CrwEvent(1);
  EXPECT_EQ(TextOf(event), "Channel report: subchannel 0007, installed parameters initialized");
  event.payload = CrwPayload{S390_LOG_CRW_OVERFLOW | S390_LOG_CRW_CHAINED, 0xb, 0x3f, 0};
  EXPECT_EQ(TextOf(event),
            "Channel report: channel subsystem 0000, recovery code 3f, continued by the next; "
            "reports before it were lost");
}

TEST(Message, TextWithBracesIsNotAFormat) {
  EXPECT_EQ(TextOf(TextEvent(1, "{device} {} {0}")), "{device} {} {0}");
}

std::string VolumeText(uint8_t outcome, uint8_t flags = 0) {
  Event event = VolumeEvent(7, 6);
  auto& volume = std::get<VolumePayload>(event.payload);
  volume.outcome = outcome;
  volume.flags = flags;
  if (outcome != S390_LOG_VOLUME_READ) volume.label = {};
  return std::string(MessageOf(event).message_id) + " " + TextOf(event);
}

TEST(Message, VolumesAreSentences) {
  EXPECT_EQ(VolumeText(S390_LOG_VOLUME_READ),
            "TAP013I Volume VOL001 (SL, owner OWNER) in drive 0.0.0580 (3490)");
  EXPECT_EQ(VolumeText(S390_LOG_VOLUME_TAPE_MARK),
            "TAP014I Unlabelled tape in drive 0.0.0580 (3490)");
  EXPECT_EQ(VolumeText(S390_LOG_VOLUME_BLANK), "TAP014I Blank tape in drive 0.0.0580 (3490)");
  EXPECT_EQ(VolumeText(S390_LOG_VOLUME_NO_ANSWER, S390_LOG_VOLUME_NOT_REWOUND),
            "TAP015W The tape in drive 0.0.0580 (3490) was not identified: the drive did not "
            "answer; it could not be rewound, do that before it is used");
  EXPECT_EQ(TextOf(VolumeEvent(7, 6, "")),
            "Volume (blank) (SL, owner OWNER) in drive 0.0.0580 (3490)");
}

TEST(Message, OutcomeThatIsNewerThanThisProgramIsNotIdentified) {
  EXPECT_EQ(VolumeText(99).substr(0, 7), "TAP015W");
}

}  // namespace
}  // namespace s390log
