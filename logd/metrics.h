// SPDX-License-Identifier: MIT
// What a monitoring system can know of logd, at one moment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "logd/delivery_tally.h"
#include "logd/stats.h"

namespace s390log {

struct StoreMetrics {
  uint64_t entries = 0;
  uint64_t bytes = 0;
  uint64_t max_bytes = 0;  // 0: no limit
};

struct Metrics {
  Stats stats;
  const DeliveryTally& tally;
  uint64_t backlog_entries = 0;
  uint64_t backlog_max = 0;
  std::optional<StoreMetrics> store;  // nothing: there is none, or it cannot be read now
};

// As Prometheus reads it; logd(8) lists the names.
std::string PrometheusText(const Metrics& metrics);

}  // namespace s390log
