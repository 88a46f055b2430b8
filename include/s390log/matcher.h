// SPDX-License-Identifier: MIT
// Kevents and records in, one ordered stream out, in which each number comes exactly once.
//
// No timers. The reader says when a number is settled (ItemSource yields only such numbers); the
// kernel makes the kevent of a number ready before that; and the collector fetches what is ready
// before it asks for items. So a kevent that is not here when its number is settled has coalesced.
//
// Cost: a heap of the kevents that are ahead of the records. They are few: those of numbers that
// are being written on other CPUs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

#include "s390log/item.h"
#include "s390log/sequence_number.h"

namespace s390log {

// A kevent that was fetched: the number, and the event that its request asked for.
struct Notice {
  SequenceNumber sequence;
  uint32_t event;
};

// The values are in stores (s390-log-store(5)): they stay.
enum class Match {
  kComplete,     // kevent and record
  kCoalesced,    // a record whose kevent coalesced, or came before we had subscribed
  kPayloadLost,  // a kevent without a record
  kGap,          // neither: first to last
};

// One event, or one gap. The record is a view, see ChannelReader.
struct Outcome {
  Match match;
  SequenceNumber first;
  SequenceNumber last;  // equal to first except for a gap
  uint32_t event = 0;   // 0 for a gap
  Record record;        // of kComplete and kCoalesced
  LossCause cause;      // of kPayloadLost and kGap
};

struct MatchCounts {
  uint64_t complete = 0;
  uint64_t coalesced = 0;
  uint64_t payload_lost = 0;
  uint64_t gaps = 0;
  uint64_t lost = 0;          // numbers in gaps
  uint64_t late_notices = 0;  // kevents of numbers that were settled without them

  uint64_t Delivered() const { return complete + coalesced + payload_lost; }
};

class Matcher {
 public:
  // Kevents held for numbers that are not settled. At the maximum the collector leaves kevents in
  // the kernel, where they coalesce: their events still come, as kCoalesced.
  static constexpr size_t kMaxHeld = 65536;

  size_t Room() const { return kMaxHeld - held_.size(); }

  // The caller has seen that there is room.
  void Note(const Notice& notice);

  // The next outcome; nothing when the source has nothing more for now.
  std::optional<Outcome> Next(ItemSource& source);

  // Something of the last item is left: a range that is split by kevents.
  bool Pending() const { return missing_.has_value(); }
  uint64_t PendingNumbers() const {
    return missing_ ? CountOf(missing_->first, missing_->last) : 0;
  }

  // The last number that came out.
  SequenceNumber Settled() const { return settled_; }
  const MatchCounts& Counts() const { return counts_; }

 private:
  struct Later {
    bool operator()(const Notice& a, const Notice& b) const { return a.sequence > b.sequence; }
  };

  void DropNoticesBelow(SequenceNumber sequence);
  std::optional<Notice> TakeNoticeOf(SequenceNumber sequence);
  Outcome OfRecord(const Record& record);
  Outcome OfMissing();

  std::priority_queue<Notice, std::vector<Notice>, Later> held_;
  std::optional<Missing> missing_;
  SequenceNumber settled_;
  MatchCounts counts_;
};

}  // namespace s390log
