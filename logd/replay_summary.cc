// SPDX-License-Identifier: MIT
#include "logd/replay_summary.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "logd/syslog_format.h"

namespace s390log {
namespace {

using Json = nlohmann::ordered_json;

struct KindName {
  LossKind kind;
  const char* key;
  const char* meaning;
};

constexpr std::array<KindName, 4> kLosses = {{
    {LossKind::kBufferFull, "buffer_full", "dropped by the kernel: buffer full"},
    {LossKind::kOverwritten, "overwritten", "overwritten before they were captured"},
    {LossKind::kUnreadable, "unreadable", "in what cannot be read"},
    {LossKind::kUnexplained, "unexplained", "without a cause that is known"},
}};

std::string Row(const char* name, uint64_t value, const char* meaning) {
  return fmt::format("{:<14}{:>12}  {}\n", name, value, meaning);
}

const char* EndText(const ReplaySummary& summary) {
  return summary.end_is_known ? "by the end of the capture"
                              : "by the highest number that is there: the end is not known";
}

}  // namespace

void ReplaySummary::AddFault(const CaptureFault& fault) {
  ++fault_count;
  if (faults.size() < kMaxFaults) faults.push_back(fault);
}

uint64_t ReplaySummary::Missing(LossKind kind) const {
  const auto found = missing.find(kind);
  return found == missing.end() ? 0 : found->second;
}

uint64_t ReplaySummary::Lost() const {
  uint64_t lost = end_is_known ? 0 : Missing(LossKind::kNotCaptured);
  for (const KindName& each : kLosses) lost += Missing(each.kind);
  return lost;
}

bool ReplaySummary::Balanced() const {
  uint64_t sum = before + delivered;
  for (const auto& [kind, count] : missing) sum += count;
  return sum == emitted && Missing(LossKind::kUnexplained) == 0;
}

int ExitCodeOf(const ReplaySummary& summary) {
  if (!summary.Balanced()) return kExitUnbalanced;
  if (summary.fault_count > 0) return kExitUnreadable;
  return summary.Lost() > 0 ? kExitLost : 0;
}

std::string SummaryText(const ReplaySummary& summary) {
  std::string text = fmt::format("boot id       {}\n", summary.boot_id);
  text += Row("emitted", summary.emitted, EndText(summary));
  if (summary.before > 0) text += Row("before", summary.before, "from before the capture");
  text += Row("delivered", summary.delivered, "records");
  for (const KindName& each : kLosses) {
    if (summary.Missing(each.kind) > 0) {
      text += Row("lost", summary.Missing(each.kind), each.meaning);
    }
  }
  if (summary.Missing(LossKind::kNotCaptured) > 0) {
    text += Row("not captured", summary.Missing(LossKind::kNotCaptured),
                summary.end_is_known ? "being written when the capture ended"
                                     : "in no file, and no count says why");
  }
  if (!summary.Balanced()) text += "THE BOOKS DO NOT BALANCE\n";
  for (const CaptureFault& fault : summary.faults) {
    text += fmt::format("unreadable: {}\n", EscapeControl(ToString(fault)));
  }
  if (summary.fault_count > summary.faults.size()) {
    text +=
        fmt::format("unreadable: {} places more\n", summary.fault_count - summary.faults.size());
  }
  return text;
}

std::string SummaryJson(const ReplaySummary& summary) {
  Json line;
  line["boot_id"] = summary.boot_id;
  line["event"] = "replay_summary";
  line["emitted"] = summary.emitted;
  line["end_is_known"] = summary.end_is_known;
  line["before"] = summary.before;
  line["delivered"] = summary.delivered;
  for (const KindName& each : kLosses) line["lost"][each.key] = summary.Missing(each.kind);
  line["not_captured"] = summary.Missing(LossKind::kNotCaptured);
  line["balanced"] = summary.Balanced();
  line["faults"] = summary.fault_count;
  return line.dump() + '\n';
}

}  // namespace s390log
