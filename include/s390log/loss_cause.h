// SPDX-License-Identifier: MIT
// Why numbers are missing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace s390log {

// The values are in stores (s390-log-store(5)): they stay.
enum class LossKind {
  kBufferFull,   // no-overwrite mode: the kernel dropped the records and counted them
  kOverwritten,  // overwrite mode, or an observer: the writer came round before we had read them
  kUnreadable,   // the records were there, but malformed
  kUnexplained,  // no counter accounts for it: a fault of the software
  kNotCaptured,  // of a capture: it ended, or broke off, before the numbers were settled
  kSuppressed,   // at one sink alone, by its rate limit; everywhere else they are
};

struct LossCause {
  LossKind kind = LossKind::kBufferFull;
  // CPUs on which the records can have been lost. More than one: it was one of them, or several.
  std::vector<uint32_t> cpus;

  friend bool operator==(const LossCause&, const LossCause&) = default;
};

// "buffer full on CPU 1"
std::string ToString(const LossCause& cause);

}  // namespace s390log
