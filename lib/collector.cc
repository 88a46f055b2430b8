// SPDX-License-Identifier: MIT
#include "s390log/collector.h"

#include <sched.h>

namespace s390log {

void Collector::Look() {
  reader_.Look();
  drained_ = false;
}

CollectState Collector::Collect(size_t limit, const Taker& take) {
  bool drained_once = false;  // since this call began
  int yields = 0;
  while (true) {
    if (AllYielded()) {
      Look();
      if (drained_once && CaughtUp()) return CollectState::kIdle;
    }
    if (!drained_) {
      notices_.Drain(matcher_);
      drained_ = drained_once = true;
    }
    size_t delivered = 0;
    while (delivered < limit) {
      const std::optional<Outcome> outcome = matcher_.Next(reader_);
      if (!outcome) break;
      take(*outcome);
      ++delivered;
    }
    limit -= delivered;
    if (limit == 0) return CollectState::kMore;
    if (delivered > 0 || CaughtUp()) {
      yields = 0;
    } else if (++yields >= kMaxYields) {
      return CollectState::kBehind;
    } else {
      sched_yield();
    }
  }
}

}  // namespace s390log
