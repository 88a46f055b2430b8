// SPDX-License-Identifier: MIT
// The books of a replay.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "logd/exit_code.h"
#include "s390log/capture_fault.h"
#include "s390log/loss_cause.h"

namespace s390log {

struct ReplaySummary {
  // Faults that are remembered; those beyond are only counted.
  static constexpr size_t kMaxFaults = 100;

  std::string boot_id;
  uint64_t emitted = 0;
  bool end_is_known = false;  // by the captured positions; otherwise the highest number is the end
  uint64_t before = 0;
  uint64_t delivered = 0;
  std::map<LossKind, uint64_t> missing;  // numbers without a record
  uint64_t fault_count = 0;
  std::vector<CaptureFault> faults;

  void AddFault(const CaptureFault& fault);

  uint64_t Missing(LossKind kind) const;
  // Missing for good: not what was being written when the capture ended.
  uint64_t Lost() const;
  // Each number is accounted for, and each loss has a cause.
  bool Balanced() const;
};

int ExitCodeOf(const ReplaySummary& summary);

std::string SummaryText(const ReplaySummary& summary);
std::string SummaryJson(const ReplaySummary& summary);

}  // namespace s390log
