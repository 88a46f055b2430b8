// SPDX-License-Identifier: MIT
#include "s390log/collector.h"

#include <sched.h>

namespace s390log {

CollectState Collector::Collect(size_t limit, const Taker& take) {
  bool drained = false;  // since this call began
  int yields = 0;
  while (true) {
    if (AllYielded()) {
      reader_.Look();
      if (drained && CaughtUp()) return CollectState::kIdle;
      notices_.Drain(matcher_);
      drained = true;
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

bool Collector::CloseDelivered() {
  if (!reader_.InsideOpenSubbuf()) return true;
  reader_.Flush();
  reader_.Look();  // the cursors leave the sub-buffers that are closed now
  return !reader_.InsideOpenSubbuf();
}

}  // namespace s390log
