// SPDX-License-Identifier: MIT
// What the daemon tells of itself to monitoring systems.
#include "logd/daemon.h"

namespace s390log {

// Age of the oldest entry that waits for a sink. It may have to be read from the store; the sink
// needs the same page of it next.
std::optional<uint64_t> Daemon::LagOf(const Follower& follower, uint64_t now_ns) const {
  const uint64_t taken = follower.sink->Taken();
  if (taken == backlog_.End()) return 0;
  try {
    const auto entry = backlog_.Find(taken);
    if (!entry) return std::nullopt;
    return now_ns < entry->event.time_ns ? 0 : now_ns - entry->event.time_ns;
  } catch (const StoreError&) {
    return std::nullopt;
  }
}

std::optional<StoreMetrics> Daemon::GetStoreMetrics() const {
  if (!Stores()) return std::nullopt;
  try {
    return StoreMetrics{store_->End() - store_->Begin(), store_->Size(), limits_.max_bytes};
  } catch (const StoreError&) {
    return std::nullopt;
  }
}

Metrics Daemon::GetMetrics() const {
  return {GetStats(), tally_, backlog_.End() - backlog_.Begin(),
          backlog_.End() - backlog_.Begin() + backlog_.Room(), GetStoreMetrics()};
}

void Daemon::PublishMetrics() {
  if (metrics_ != nullptr && metrics_->Asked()) metrics_->Publish(PrometheusText(GetMetrics()));
}

}  // namespace s390log
