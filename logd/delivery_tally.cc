// SPDX-License-Identifier: MIT
#include "logd/delivery_tally.h"

#include <algorithm>

namespace s390log {
namespace {

constexpr double kNsPerSecond = 1e9;

LossPlace PlaceOf(const LossCause& cause) {
  if (cause.cpus.empty()) return {cause.kind, "unknown"};
  return {cause.kind, cause.cpus.size() == 1 ? std::to_string(cause.cpus.front()) : "several"};
}

}  // namespace

void DeliveryTally::See(const Backlog& backlog, uint64_t until, uint64_t now_ns) {
  const uint64_t end = std::min(until, backlog.End());
  for (uint64_t index = backlog.Begin(); index < end; ++index) {
    const Event& event = backlog.At(index);
    switch (event.match) {
      case Match::kComplete:
      case Match::kCoalesced:
        latency_.Observe(now_ns < event.time_ns
                             ? 0
                             : static_cast<double>(now_ns - event.time_ns) / kNsPerSecond);
        break;
      case Match::kPayloadLost:
        ++payloads_lost_[PlaceOf(event.cause)];
        break;
      case Match::kGap:
        lost_[PlaceOf(event.cause)] += event.Count();
        break;
    }
  }
}

const char* LossKindName(LossKind kind) {
  switch (kind) {
    case LossKind::kBufferFull:
      return "buffer_full";
    case LossKind::kOverwritten:
      return "overwritten";
    case LossKind::kUnreadable:
      return "unreadable";
    case LossKind::kUnexplained:
      return "unexplained";
    case LossKind::kNotCaptured:
      return "not_captured";
    case LossKind::kSuppressed:
      return "suppressed";
  }
  return "unexplained";
}

}  // namespace s390log
