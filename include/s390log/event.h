// SPDX-License-Identifier: MIT
// An event as sinks see it: all of it owned, nothing of it in the relay buffer any more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "s390log/decode.h"
#include "s390log/device_number.h"
#include "s390log/loss_cause.h"
#include "s390log/matcher.h"
#include "s390log/payload.h"
#include "s390log/sequence_number.h"

namespace s390log {

struct Event {
  Match match;
  SequenceNumber first;
  SequenceNumber last;  // equal to first except for a gap
  uint32_t id;          // KEVENT_S390_*, 0 for a gap
  // When it happened. A gap and an event whose payload was lost have no time of their own: when it
  // was noticed.
  uint64_t time_ns;
  std::optional<DeviceNumber> device;
  std::optional<uint16_t> cpu;
  bool inferred = false;   // concluded by the driver, not signalled by the device
  bool truncated = false;  // its text was longer
  Payload payload;
  // Of the tape that was in the device then, if it is known: from the payload, or from an event
  // before (who reads the whole stream fills it in).
  std::optional<std::string> volser;
  LossCause cause;
  uint64_t suppressed = 0;  // of a gap that a sink's rate limit makes: how many of its numbers
  // Of an event with a record, for who keeps it: what the record says, the payload as it lay there.
  uint32_t device_word = 0;
  uint16_t flags = 0;
  std::vector<std::byte> raw;
  ByteOrder order = kNativeOrder;  // of `raw`

  uint64_t Count() const { return suppressed != 0 ? suppressed : CountOf(first, last); }
};

Event MakeEvent(const Outcome& outcome, uint64_t now_ns);

}  // namespace s390log
