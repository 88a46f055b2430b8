// SPDX-License-Identifier: MIT
// The queue between collector and sinks: events in order, each sink following with a cursor of its
// own, and the books of what all of them have taken.
//
// It is in memory and bounded. An event leaves it when the store has it, and sinks that are behind
// then read it from there. Without a store it stays until every sink has taken it. Until then, the
// sub-buffer that it came from stays with the kernel, so that a crash loses nothing; a store (or
// sink) that is down therefore fills first the relay buffers, whose drops are then reported as
// gaps. At kDefaultMax entries (or what the configuration says) collecting pauses until the slowest
// has moved.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "s390log/event.h"

namespace s390log {

// An entry, wherever it is; valid until the next one is looked for.
struct Entry {
  const Event& event;
  const std::string& boot_id;  // the epoch of its numbers
};

// Entries that have left the backlog.
class History {
 public:
  virtual ~History() = default;

  // Nothing if it is not kept any more.
  virtual std::optional<Entry> Find(uint64_t index) = 0;
};

class Backlog {
 public:
  static constexpr size_t kDefaultMax = 8192;

  explicit Backlog(size_t max) : max_(max) {}
  virtual ~Backlog() = default;  // a sink may be shown a selection of it: selected_sink.h

  // For entries of this boot, counted from `begin` on; those before are in `history`, which may be
  // null and outlives this.
  Backlog(size_t max, std::string boot_id, uint64_t begin, History* history)
      : max_(max), boot_id_(std::move(boot_id)), begin_(begin), history_(history) {}

  size_t Room() const { return max_ - events_.size(); }
  // The caller has seen that there is room.
  void Append(Event event);

  // Entries are counted for ever; those from Begin() to End() are here.
  uint64_t Begin() const { return begin_; }
  virtual uint64_t End() const { return begin_ + events_.size(); }
  const Event& At(uint64_t index) const { return events_.at(index - begin_); }

  // Any entry before End(), also of those that have left; nothing if it is not kept any more.
  virtual std::optional<Entry> Find(uint64_t index) const;

  // Those that have left are not to be had any more.
  void ForgetHistory() { history_ = nullptr; }

  // The entries before `index` are safe.
  void TrimTo(uint64_t index);

  // All entries up to this number are trimmed.
  SequenceNumber TakenThrough() const { return taken_through_; }
  // Of the trimmed entries, and the numbers that the others stand for.
  const MatchCounts& Taken() const { return taken_; }
  uint64_t Numbers() const { return numbers_; }

 private:
  void Account(const Event& event);

  size_t max_;
  std::string boot_id_;
  uint64_t begin_ = 0;
  History* history_ = nullptr;
  std::deque<Event> events_;
  uint64_t numbers_ = 0;
  SequenceNumber taken_through_;
  MatchCounts taken_;
};

}  // namespace s390log
