// SPDX-License-Identifier: MIT
// What became of the entries that left the backlog, in more detail than the books: how long events
// took, and of losses why and on which CPU.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>

#include "logd/backlog.h"
#include "logd/histogram.h"
#include "s390log/loss_cause.h"

namespace s390log {

struct LossPlace {
  LossKind kind;
  std::string cpu;  // "3"; "several" if it was one of them or some of them; "unknown"

  friend auto operator<=>(const LossPlace&, const LossPlace&) = default;
};

// Not thread-safe.
class DeliveryTally {
 public:
  // The entries before `until` are delivered now. Call it before they are trimmed.
  void See(const Backlog& backlog, uint64_t until, uint64_t now_ns);

  // From an event's own time on, of those that have one. A clock that was set back shows as 0.
  const Histogram& Latency() const { return latency_; }
  const std::map<LossPlace, uint64_t>& Lost() const { return lost_; }  // numbers in gaps
  const std::map<LossPlace, uint64_t>& PayloadsLost() const { return payloads_lost_; }

 private:
  Histogram latency_;
  std::map<LossPlace, uint64_t> lost_;
  std::map<LossPlace, uint64_t> payloads_lost_;
};

// "buffer_full"
const char* LossKindName(LossKind kind);

}  // namespace s390log
