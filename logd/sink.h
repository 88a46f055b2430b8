// SPDX-License-Identifier: MIT
// Where events go. A sink follows the backlog with a cursor of its own.
//
// All sinks run in the daemon's one thread and never block: Follow() does what can be done now, and
// GetWait() says what to wait for before it is called again. tests/host/sink_contract_test.cc holds
// the contract, for all of them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "logd/backlog.h"

namespace s390log {

using Clock = std::chrono::steady_clock;

// How long one Follow() may go on, on however slow a machine: between two turns of all sinks logd
// answers logctl and the service manager.
inline constexpr std::chrono::milliseconds kTurnTime{250};

// What a sink waits for: a descriptor (-1: none) becoming ready, or a time.
struct Wait {
  int fd = -1;
  short events = 0;  // as in struct pollfd
  std::optional<Clock::time_point> deadline;
};

struct SinkReport {
  std::string name;
  bool up = false;
  std::string reason = {};  // why it is down
  uint64_t taken = 0;       // entries, since the daemon has run
  uint64_t repeated = 0;    // entries that were sent again because they may not have arrived
  uint64_t expired = 0;     // entries that the store had dropped before the sink could take them
  uint64_t cut = 0;         // entries that were too long, and told as much as went
  uint64_t filtered = 0;    // entries that are not for this sink (selection.h)
  uint64_t limited = 0;     // entries that its rate limit has suppressed
};

class Sink {
 public:
  virtual ~Sink() = default;

  // Before the first Follow(): the entry to begin with.
  virtual void StartAt(uint64_t index) = 0;

  // Takes events from its cursor on, in order and without leaving one out, as far as it can without
  // blocking. A sink that is down takes none, tries again at its deadline, and does not throw.
  virtual void Follow(const Backlog& backlog, Clock::time_point now) = 0;

  // Everything before this index is taken for good. Never falls.
  virtual uint64_t Taken() const = 0;

  // Everything before this index need not be sent again, should this process end now.
  virtual uint64_t Safe() const { return Taken(); }

  // The operator asks for it: what goes to a file goes to the one that has the name now.
  virtual void Reopen() {}

  // No entry comes any more: what waits for one is said with the next Follow().
  virtual void Conclude() {}

  // What is taken has left this process.
  virtual bool Flushed() const = 0;

  // The daemon ends, and Follow() will not be called again: waits, at most until the deadline, for
  // what lets Safe() come up to Taken().
  virtual void Finish(Clock::time_point /*deadline*/) {}

  virtual bool Up() const = 0;
  virtual Wait GetWait(const Backlog& backlog) const = 0;
  virtual SinkReport Report() const = 0;
};

}  // namespace s390log
