// SPDX-License-Identifier: MIT
#include "logd/store_sink.h"

#include <utility>

#include "logd/wall_clock.h"

namespace s390log {

void StoreSink::Follow(const Backlog& backlog, Clock::time_point now) {
  if (damaged_ || (retry_ && now < *retry_)) return;
  try {
    store_.Make();
    if (store_.Commit(backlog, boot_, cursors_)) saved_ = cursors_;
    Upkeep(now);
    retry_.reset();
    reason_.clear();
    backoff_.Succeeded();
  } catch (const StoreError& error) {
    reason_ = error.what();
    damaged_ = error.Damaged();
    retry_ = backoff_.Failed(now);
  }
}

void StoreSink::Upkeep(Clock::time_point now) {
  if (now < next_upkeep_) return;
  SaveCursors();
  more_to_prune_ = store_.Prune(limits_, WallClockNs());
  if (!more_to_prune_) next_upkeep_ = now + kUpkeep;
}

void StoreSink::SaveCursors() {
  if (damaged_ || cursors_ == saved_) return;
  store_.SaveCursors(cursors_);
  saved_ = cursors_;
}

Wait StoreSink::GetWait(const Backlog& backlog) const {
  if (damaged_) return {};
  if (retry_) return {-1, 0, retry_};
  if (store_.End() < backlog.End() || more_to_prune_) return {-1, 0, Clock::time_point::min()};
  if (cursors_ != saved_) return {-1, 0, next_upkeep_};
  return {};
}

SinkReport StoreSink::Report() const {
  return {"store " + store_.Path(), Up(), reason_, store_.End() - start_, 0};
}

}  // namespace s390log
