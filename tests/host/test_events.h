// SPDX-License-Identifier: MIT
// Events for tests of what comes after the matcher.
#pragma once

#include <linux/s390_log.h>

#include <string>

#include "s390log/event.h"

namespace s390log {

inline constexpr uint64_t kTestTime = 1'795'400'401'000'000'789;  // 2026-11-23T02:20:01.000000789Z

inline Event TextEvent(uint64_t sequence, const std::string& text = "a text") {
  Event event;
  event.match = Match::kComplete;
  event.first = event.last = SequenceNumber(sequence);
  event.id = KEVENT_S390_TEXT;
  event.time_ns = kTestTime;
  event.cpu = 1;
  event.payload = TextPayload{text};
  return event;
}

inline TapePayload TestTape(uint8_t flags = S390_LOG_TAPE_SENSED) {
  TapePayload tape{0x3490, 0x3490, 0x10, 0x40, S390_LOG_ORIGIN_END, flags, {}};
  tape.sense[1] = 0x48;
  return tape;
}

inline Event TapeEvent(uint64_t sequence, uint32_t id = KEVENT_S390_TAPE_LOADED) {
  Event event = TextEvent(sequence);
  event.id = id;
  event.device = DeviceNumber::FromWord(S390_LOG_DEVICE(0, 0, 0x0580));
  event.payload = TestTape();
  return event;
}

inline Event DeviceEvent(uint64_t sequence, uint32_t id = KEVENT_S390_DEVICE_ADDED) {
  Event event = TapeEvent(sequence, id);
  event.payload = CcwdevPayload{0x3480, 0x3481, 0x22, 0x04, S390_LOG_CCWDEV_ONLINE, 0, 0x0007};
  return event;
}

// A read of an empty drive, if nothing else is said.
inline TapeErrorPayload TestTapeError(uint8_t flags = S390_LOG_ERROR_SENSED |
                                                      S390_LOG_ERROR_PERMANENT) {
  TapeErrorPayload error{0x3490, 0x3490, 0x10, 0x40, 0x02, flags, 0x0e, 0x00, 0x43, 0, {}};
  error.sense[0] = 0x40;
  error.sense[1] = 0x42;
  error.sense[2] = 0x20;
  error.sense[3] = error.erpa;
  return error;
}

inline Event TapeErrorEvent(uint64_t sequence, uint32_t id = KEVENT_S390_TAPE_INTERVENTION) {
  Event event = TapeEvent(sequence, id);
  event.payload = TestTapeError();
  return event;
}

// The label of the tape that the event `load` told of.
inline Event VolumeEvent(uint64_t sequence, uint64_t load, const std::string& volser = "VOL001") {
  Event event = TapeEvent(sequence, KEVENT_S390_TAPE_VOLUME);
  VolumePayload volume{0x3490,
                       0x3490,
                       0x10,
                       0x40,
                       S390_LOG_VOLUME_READ,
                       0,
                       load,
                       kLabelSize,
                       {LabelType::kStandard, volser, "OWNER"},
                       {}};
  event.payload = volume;
  event.volser = volser;
  return event;
}

// A read of an empty card reader.
inline UnitCheckPayload TestUnitCheck() {
  UnitCheckPayload check{0x2821, 0x3505, 0x01, 0x01, 0x02, S390_LOG_UNIT_CHECK_SENSED,
                         0x02,   0x00,   1,    0,    {}};
  check.sense[0] = 0x40;
  return check;
}

inline Event UnitCheckEvent(uint64_t sequence) {
  Event event = TapeEvent(sequence, KEVENT_S390_DEVICE_UNIT_CHECK);
  event.device = DeviceNumber::FromWord(S390_LOG_DEVICE(0, 0, 0x000c));
  event.payload = TestUnitCheck();
  return event;
}

inline Event CrwEvent(uint64_t sequence) {
  Event event = TextEvent(sequence);
  event.id = KEVENT_S390_CRW;
  event.payload = CrwPayload{S390_LOG_CRW_ANCILLARY, 0x3, 0x04, 0x0007};
  return event;
}

inline Event GapEvent(uint64_t first, uint64_t last) {
  Event event;
  event.match = Match::kGap;
  event.first = SequenceNumber(first);
  event.last = SequenceNumber(last);
  event.id = 0;
  event.time_ns = kTestTime;
  event.cause = {LossKind::kBufferFull, {1}};
  return event;
}

// As a sink's rate limit makes it.
inline Event SuppressedEvent(uint64_t first, uint64_t last, uint64_t count) {
  Event event = GapEvent(first, last);
  event.cause = {LossKind::kSuppressed, {}};
  event.suppressed = count;
  return event;
}

inline Event PayloadLostEvent(uint64_t sequence) {
  Event event = GapEvent(sequence, sequence);
  event.match = Match::kPayloadLost;
  event.id = KEVENT_S390_TAPE_LOADED;
  return event;
}

}  // namespace s390log
