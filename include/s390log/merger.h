// SPDX-License-Identifier: MIT
// Merges the records of all CPUs into one stream in the exact order of the numbers, and names each
// number that is missing, with the cause.
//
// Cost: one comparison for each record while one CPU has a run of them; a heap of one head per CPU
// otherwise.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "s390log/item.h"
#include "s390log/loss_ledger.h"
#include "s390log/record_source.h"

namespace s390log {

class Merger : public ItemSource {
 public:
  // A record came whose number another CPU has had: the index of its source.
  using RepeatHandler = std::function<void(size_t source)>;

  // `sources` and `ledger` outlive the merger.
  Merger(std::vector<RecordSource*> sources, LossLedger& ledger, RepeatHandler on_repeat);

  // Where the stream begins: somebody else has answered for the numbers up to `answered`, and they
  // are passed over. Numbers up to `bound` are yielded if they are there, and otherwise counted
  // as before our time, not as missing.
  void Begin(SequenceNumber answered, SequenceNumber bound);

  // Every number up to `low` is in a source or lost. Sources that had nothing are asked again.
  void SetLow(SequenceNumber low);

  // No source will have more than it has now: what is in them is yielded, with the holes between,
  // whatever its numbers, until SetLow() is called again.
  void SetEnded();

  // Heads above `highest` cannot be true.
  void RejectAbove(SequenceNumber highest);

  // Everything up to low once. A record is valid until the next call.
  std::optional<Item> Next() override;

  SequenceNumber Low() const { return low_; }
  SequenceNumber Delivered() const { return next_.Previous(); }
  uint64_t Before() const { return before_; }

 private:
  struct Head {
    SequenceNumber sequence;
    size_t source;
    bool operator>(const Head& other) const { return sequence > other.sequence; }
  };

  void Advance();
  void PushHead(size_t source);
  void PushCurrent();
  std::optional<Item> Hole(SequenceNumber last);

  std::vector<RecordSource*> sources_;
  LossLedger& ledger_;
  RepeatHandler on_repeat_;

  std::optional<Head> current_;  // the smallest head, once Advance() has run
  bool popped_ = false;          // it has been yielded
  std::vector<Head> heads_;      // a heap of the others, smallest number first
  std::vector<bool> idle_;       // sources that had nothing

  SequenceNumber low_;
  bool ended_ = false;
  SequenceNumber next_{1};
  SequenceNumber answered_;
  SequenceNumber bound_;
  uint64_t before_ = 0;
};

}  // namespace s390log
