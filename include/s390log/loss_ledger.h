// SPDX-License-Identifier: MIT
// Sets missing numbers against the losses that are known of each CPU: what the kernel counted as
// dropped, and what a reader saw to be overwritten.
//
// A number is dropped and counted before it can be found missing, so the ledger never owes. Which
// CPU dropped which number is not known while several CPUs have drops that are not yet set against
// a number.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "s390log/loss_cause.h"
#include "s390log/sequence_number.h"

namespace s390log {

// Records of one CPU that are missing: their numbers are above `after` and below `before`.
struct Overwritten {
  uint32_t cpu;
  SequenceNumber after;
  SequenceNumber before;
  std::optional<uint64_t> count;           // nothing: not known
  LossKind kind = LossKind::kOverwritten;  // a capture can locate other kinds, too
};

class LossLedger {
 public:
  // A CPU has counted `count` more drops.
  void AddDropped(uint32_t cpu, uint64_t count);
  void AddOverwritten(const Overwritten& loss);
  // A malformed sub-buffer was skipped.
  void AddUnreadable(uint32_t cpu);
  // From here on numbers that nothing accounts for are kNotCaptured.
  void EndCapture() { ended_ = true; }

  // The numbers from `first` are missing, at most to `last`: the cause, and up to where it is the
  // same. These are settled. Calls come in the order of the numbers.
  struct Settled {
    LossCause cause;
    SequenceNumber last;
  };
  Settled Settle(SequenceNumber first, SequenceNumber last);

 private:
  std::optional<Settled> SettleOverwritten(SequenceNumber first, SequenceNumber last);
  LossCause SettleDropped(uint64_t count);

  uint64_t dropped_ = 0;
  std::vector<uint32_t> dropping_cpus_;
  std::vector<Overwritten> overwritten_;  // those not yet passed, by `before`
  std::vector<uint32_t> unreadable_cpus_;
  bool ended_ = false;
};

}  // namespace s390log
