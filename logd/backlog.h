// SPDX-License-Identifier: MIT
// The queue between collector and sinks: events in order, each sink following with a cursor of its
// own, and the books of what all of them have taken.
//
// It is in memory and bounded. Until every sink has taken an event, the sub-buffer that it came
// from stays with the kernel, so that a crash loses nothing; a sink that is down therefore fills
// first the relay buffers, whose drops are then reported as gaps. At kDefaultMax entries (or what
// the configuration says) collecting pauses until the slowest sink has moved.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "s390log/event.h"

namespace s390log {

class Backlog {
 public:
  static constexpr size_t kDefaultMax = 8192;

  explicit Backlog(size_t max) : max_(max) {}

  size_t Room() const { return max_ - events_.size(); }
  // The caller has seen that there is room.
  void Append(Event event);

  // Entries are counted from 0 on, for ever; those from Begin() to End() are here.
  uint64_t Begin() const { return begin_; }
  uint64_t End() const { return begin_ + events_.size(); }
  const Event& At(uint64_t index) const { return events_.at(index - begin_); }

  // Every sink has taken the entries before `index`.
  void TrimTo(uint64_t index);

  // All entries up to this number are trimmed.
  SequenceNumber TakenThrough() const { return taken_through_; }
  // Of the trimmed entries, and the numbers that the others stand for.
  const MatchCounts& Taken() const { return taken_; }
  uint64_t Numbers() const { return numbers_; }

 private:
  void Account(const Event& event);

  size_t max_;
  uint64_t begin_ = 0;
  std::deque<Event> events_;
  uint64_t numbers_ = 0;
  SequenceNumber taken_through_;
  MatchCounts taken_;
};

}  // namespace s390log
