// SPDX-License-Identifier: MIT
// Why numbers are missing, and the ledger that knows it from the channel's counters.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace s390log {

enum class LossKind {
  kBufferFull,   // the kernel dropped the records and counted them
  kUnreadable,   // the records were there, but malformed
  kUnexplained,  // no counter accounts for it: a fault of the software
};

struct LossCause {
  LossKind kind = LossKind::kBufferFull;
  // CPUs on which the records can have been lost. More than one: it was one of them, or several.
  std::vector<uint32_t> cpus;

  friend bool operator==(const LossCause&, const LossCause&) = default;
};

// "buffer full on CPU 1"
std::string ToString(const LossCause& cause);

// Sets missing numbers against the drops that each CPU has counted. A number is dropped and counted
// before it can be found missing, so the ledger never owes; which CPU dropped which number is not
// known while several CPUs have drops that are not yet set against a number.
class LossLedger {
 public:
  // A CPU has counted `count` more drops.
  void AddDropped(uint32_t cpu, uint64_t count);
  // A malformed sub-buffer was skipped.
  void AddUnreadable(uint32_t cpu);
  // `count` numbers are missing: the cause, and they are settled.
  LossCause Settle(uint64_t count);

  uint64_t Unsettled() const { return dropped_; }

 private:
  uint64_t dropped_ = 0;
  std::vector<uint32_t> dropping_cpus_;
  std::vector<uint32_t> unreadable_cpus_;
};

}  // namespace s390log
