// SPDX-License-Identifier: MIT
#include "s390log/loss_cause.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace s390log {
namespace {

void AddUnique(std::vector<uint32_t>& cpus, uint32_t cpu) {
  const auto at = std::lower_bound(cpus.begin(), cpus.end(), cpu);
  if (at == cpus.end() || *at != cpu) cpus.insert(at, cpu);
}

std::string OnCpus(const std::vector<uint32_t>& cpus) {
  if (cpus.empty()) return "";
  return fmt::format(" on CPU{} {}", cpus.size() == 1 ? "" : "s", fmt::join(cpus, ", "));
}

}  // namespace

std::string ToString(const LossCause& cause) {
  switch (cause.kind) {
    case LossKind::kBufferFull:
      return "buffer full" + OnCpus(cause.cpus);
    case LossKind::kUnreadable:
      return "unreadable records" + OnCpus(cause.cpus);
    case LossKind::kUnexplained:
      return "unexplained";
  }
  return "unexplained";
}

void LossLedger::AddDropped(uint32_t cpu, uint64_t count) {
  if (count == 0) return;
  dropped_ += count;
  AddUnique(dropping_cpus_, cpu);
}

void LossLedger::AddUnreadable(uint32_t cpu) { AddUnique(unreadable_cpus_, cpu); }

LossCause LossLedger::Settle(uint64_t count) {
  if (dropped_ >= count) {
    LossCause cause{LossKind::kBufferFull, dropping_cpus_};
    dropped_ -= count;
    if (dropped_ == 0) dropping_cpus_.clear();
    return cause;
  }
  if (!unreadable_cpus_.empty()) return {LossKind::kUnreadable, unreadable_cpus_};
  return {LossKind::kUnexplained, {}};
}

}  // namespace s390log
