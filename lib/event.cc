// SPDX-License-Identifier: MIT
#include "s390log/event.h"

#include <linux/s390_log.h>

namespace s390log {

Event MakeEvent(const Outcome& outcome, uint64_t now_ns) {
  Event event;
  event.match = outcome.match;
  event.first = outcome.first;
  event.last = outcome.last;
  event.id = outcome.event;
  event.time_ns = now_ns;
  event.cause = outcome.cause;
  const bool has_record = outcome.match == Match::kComplete || outcome.match == Match::kCoalesced;
  if (!has_record) return event;
  const Record& record = outcome.record;
  event.time_ns = record.time_ns;
  event.device = DeviceNumber::FromWord(record.device_word);
  event.cpu = record.cpu;
  event.inferred = (record.flags & S390_LOG_INFERRED) != 0;
  event.truncated = (record.flags & S390_LOG_TRUNCATED) != 0;
  event.payload = DecodePayload(record);
  const auto* volume = std::get_if<VolumePayload>(&event.payload);
  if (volume != nullptr && volume->Labelled()) event.volser = volume->label.volser;
  event.device_word = record.device_word;
  event.flags = record.flags;
  event.raw.assign(record.payload.begin(), record.payload.end());
  event.order = record.order;
  return event;
}

}  // namespace s390log
