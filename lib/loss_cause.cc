// SPDX-License-Identifier: MIT
#include "s390log/loss_cause.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace s390log {
namespace {

std::string OnCpus(const std::vector<uint32_t>& cpus) {
  if (cpus.empty()) return "";
  return fmt::format(" on CPU{} {}", cpus.size() == 1 ? "" : "s", fmt::join(cpus, ", "));
}

}  // namespace

std::string ToString(const LossCause& cause) {
  switch (cause.kind) {
    case LossKind::kBufferFull:
      return "buffer full" + OnCpus(cause.cpus);
    case LossKind::kOverwritten:
      return "overwritten before it was read" + OnCpus(cause.cpus);
    case LossKind::kUnreadable:
      return "unreadable records" + OnCpus(cause.cpus);
    case LossKind::kUnexplained:
      return "unexplained";
    case LossKind::kNotCaptured:
      return "not captured";
    case LossKind::kSuppressed:
      return "rate limit";
  }
  return "unexplained";
}

}  // namespace s390log
