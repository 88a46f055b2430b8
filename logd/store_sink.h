// SPDX-License-Identifier: MIT
// The store as the first of the sinks: what it has taken need not stay in the backlog, nor in the
// kernel. If it fails (disk full), it is tried again, and nothing is passed over: entries wait in
// the backlog, then in the kernel's buffers. A store that is damaged is given up, and left as it
// is.
#pragma once

#include <map>
#include <string>

#include "logd/backoff.h"
#include "logd/sink.h"
#include "logd/store.h"

namespace s390log {

class StoreSink : public Sink {
 public:
  // How often cursors are saved if nothing else is written, and the limits looked at.
  static constexpr std::chrono::seconds kUpkeep{1};

  // `store` outlives this.
  StoreSink(Store& store, const BootId& boot, const StoreLimits& limits)
      : store_(store), boot_(boot), limits_(limits), start_(store.End()) {}

  // The store knows by itself.
  void StartAt(uint64_t /*index*/) override {}

  // Where the other sinks are. Saved with the next entries or upkeep.
  void SetCursors(Store::Cursors cursors) { cursors_ = std::move(cursors); }

  void Follow(const Backlog& backlog, Clock::time_point now) override;
  // Saves the cursors now, if it can.
  void SaveCursors();

  uint64_t Taken() const override { return store_.End(); }
  bool Flushed() const override { return true; }
  bool Up() const override { return !retry_ && !damaged_; }
  bool Damaged() const { return damaged_; }
  Wait GetWait(const Backlog& backlog) const override;
  SinkReport Report() const override;

 private:
  void Upkeep(Clock::time_point now);

  Store& store_;
  BootId boot_;
  StoreLimits limits_;
  uint64_t start_;
  Store::Cursors cursors_;
  Store::Cursors saved_;
  Clock::time_point next_upkeep_ = Clock::time_point::min();
  bool more_to_prune_ = false;
  Backoff backoff_;
  std::optional<Clock::time_point> retry_;
  bool damaged_ = false;
  std::string reason_;
};

}  // namespace s390log
