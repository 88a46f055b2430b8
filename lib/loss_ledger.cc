// SPDX-License-Identifier: MIT
#include "s390log/loss_ledger.h"

#include <algorithm>

namespace s390log {
namespace {

void AddUnique(std::vector<uint32_t>& cpus, uint32_t cpu) {
  const auto at = std::lower_bound(cpus.begin(), cpus.end(), cpu);
  if (at == cpus.end() || *at != cpu) cpus.insert(at, cpu);
}

// Counts of a capture can be anything.
uint64_t AddSaturated(uint64_t a, uint64_t b) { return a + std::min(b, UINT64_MAX - a); }

}  // namespace

void LossLedger::AddDropped(uint32_t cpu, uint64_t count) {
  if (count == 0) return;
  dropped_ = AddSaturated(dropped_, count);
  AddUnique(dropping_cpus_, cpu);
}

void LossLedger::AddOverwritten(const Overwritten& loss) {
  if (loss.count == 0) return;
  const auto later = [](const Overwritten& a, const Overwritten& b) { return a.before < b.before; };
  overwritten_.insert(std::upper_bound(overwritten_.begin(), overwritten_.end(), loss, later),
                      loss);
}

void LossLedger::AddUnreadable(uint32_t cpu) { AddUnique(unreadable_cpus_, cpu); }

LossLedger::Settled LossLedger::Settle(SequenceNumber first, SequenceNumber last) {
  std::erase_if(overwritten_, [first](const Overwritten& loss) { return loss.before <= first; });
  // Up to where the same losses can be the cause.
  for (const Overwritten& loss : overwritten_) {
    if (loss.after >= first && loss.count != 0) last = std::min(last, loss.after);
  }
  if (auto settled = SettleOverwritten(first, last)) return *settled;
  return {SettleDropped(CountOf(first, last)), last};
}

// Those that can explain `first` explain as much of what follows as they can all together, up to
// the first of another kind. What can explain the fewest numbers to come is used up first, or
// others would be missing later.
std::optional<LossLedger::Settled> LossLedger::SettleOverwritten(SequenceNumber first,
                                                                 SequenceNumber last) {
  LossCause cause{LossKind::kOverwritten, {}};
  uint64_t known = 0;
  bool unknown = false;
  for (const Overwritten& loss : overwritten_) {
    if (loss.after >= first || loss.count == 0) continue;
    if (cause.cpus.empty()) cause.kind = loss.kind;
    if (loss.kind != cause.kind) break;
    AddUnique(cause.cpus, loss.cpu);
    last = std::min(last, loss.before.Previous());
    unknown = unknown || !loss.count;
    known = AddSaturated(known, loss.count.value_or(0));
  }
  if (cause.cpus.empty()) return std::nullopt;
  if (unknown) return Settled{cause, last};  // it may be the cause of them all
  if (known < CountOf(first, last)) last = SequenceNumber(first.Value() + known - 1);
  uint64_t left = CountOf(first, last);
  for (Overwritten& loss : overwritten_) {
    if (loss.after >= first || loss.count.value_or(0) == 0) continue;
    if (loss.kind != cause.kind) break;
    const uint64_t share = std::min(left, *loss.count);
    *loss.count -= share;
    left -= share;
  }
  return Settled{cause, last};
}

LossCause LossLedger::SettleDropped(uint64_t count) {
  if (dropped_ >= count) {
    LossCause cause{LossKind::kBufferFull, dropping_cpus_};
    dropped_ -= count;
    if (dropped_ == 0) dropping_cpus_.clear();
    return cause;
  }
  if (!unreadable_cpus_.empty()) return {LossKind::kUnreadable, unreadable_cpus_};
  return {ended_ ? LossKind::kNotCaptured : LossKind::kUnexplained, {}};
}

}  // namespace s390log
