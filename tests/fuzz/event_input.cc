// SPDX-License-Identifier: MIT
#include "tests/fuzz/event_input.h"

#include <linux/s390_log.h>

namespace s390log {
namespace {

constexpr uint64_t kMostMissing = uint64_t{1} << 40;

LossCause TakeCause(InputReader& input) {
  LossCause cause;
  cause.kind = static_cast<LossKind>(input.Take<uint8_t>() % 6);
  for (uint8_t cpus = input.Take<uint8_t>() % 4; cpus > 0; --cpus)
    cause.cpus.push_back(input.Take<uint16_t>());
  return cause;
}

Record TakeRecord(InputReader& input, uint32_t event, SequenceNumber sequence) {
  Record record;
  record.event = event;
  record.sequence = sequence;
  record.order = input.Take<uint8_t>() % 2 == 0 ? ByteOrder::kBig : ByteOrder::kLittle;
  record.cpu = input.Take<uint16_t>();
  record.flags = input.Take<uint16_t>();
  record.device_word = input.Take<uint32_t>();
  record.time_ns = input.Take<uint64_t>();
  record.payload = input.Bytes(S390_LOG_MAX_PAYLOAD);
  return record;
}

}  // namespace

Event TakeEvent(InputReader& input) {
  Outcome outcome;
  outcome.match = static_cast<Match>(input.Take<uint8_t>() % 4);
  // Bits that no event of ours has are events of a newer kernel.
  outcome.event = uint32_t{1} << input.Take<uint8_t>() % 32;
  outcome.first = outcome.last = SequenceNumber(input.Take<uint64_t>() / 2);
  switch (outcome.match) {
    case Match::kComplete:
    case Match::kCoalesced:
      outcome.record = TakeRecord(input, outcome.event, outcome.first);
      break;
    case Match::kGap:
      outcome.event = 0;
      outcome.last = SequenceNumber(outcome.first.Value() + input.Take<uint64_t>() % kMostMissing);
      [[fallthrough]];
    case Match::kPayloadLost:
      outcome.cause = TakeCause(input);
      break;
  }
  return MakeEvent(outcome, input.Take<uint64_t>());
}

}  // namespace s390log
