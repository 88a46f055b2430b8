// SPDX-License-Identifier: MIT
#include "s390log/merger.h"

#include <algorithm>
#include <utility>

namespace s390log {

Merger::Merger(std::vector<RecordSource*> sources, LossLedger& ledger, RepeatHandler on_repeat)
    : sources_(std::move(sources)),
      ledger_(ledger),
      on_repeat_(std::move(on_repeat)),
      idle_(sources_.size(), true) {}

void Merger::Begin(SequenceNumber answered, SequenceNumber bound) {
  answered_ = answered;
  bound_ = std::max(answered, bound);
  next_ = answered.Next();
  before_ = answered.Value();
}

void Merger::SetEnded() {
  SetLow(low_);
  ended_ = true;
}

void Merger::SetLow(SequenceNumber low) {
  low_ = low;
  ended_ = false;
  for (size_t source = 0; source < sources_.size(); ++source) {
    if (idle_[source]) PushHead(source);
  }
}

void Merger::PushHead(size_t source) {
  const Record* record = sources_[source]->Peek();
  idle_[source] = record == nullptr;
  if (record == nullptr) return;
  heads_.push_back({record->sequence, source});
  std::push_heap(heads_.begin(), heads_.end(), std::greater<>());
}

void Merger::PushCurrent() {
  heads_.push_back(*current_);
  std::push_heap(heads_.begin(), heads_.end(), std::greater<>());
  current_.reset();
}

// A source is asked for its next record only when the one before is done with.
void Merger::Advance() {
  if (popped_) {
    popped_ = false;
    const size_t source = current_->source;
    const Record* record = sources_[source]->Peek();
    idle_[source] = record == nullptr;
    current_.reset();
    if (record != nullptr) current_ = Head{record->sequence, source};
  }
  if (heads_.empty() || (current_ && current_->sequence < heads_.front().sequence)) return;
  std::pop_heap(heads_.begin(), heads_.end(), std::greater<>());
  const Head smallest = heads_.back();
  heads_.pop_back();
  if (current_) PushCurrent();
  current_ = smallest;
}

void Merger::RejectAbove(SequenceNumber highest) {
  Advance();
  if (current_) PushCurrent();
  for (const Head& head : heads_) {
    if (head.sequence <= highest) continue;
    sources_[head.source]->Reject();
    idle_[head.source] = true;
  }
  std::erase_if(heads_, [highest](const Head& head) { return head.sequence > highest; });
  std::make_heap(heads_.begin(), heads_.end(), std::greater<>());
}

std::optional<Item> Merger::Next() {
  while (true) {
    Advance();
    if (!current_ || (current_->sequence > low_ && !ended_)) return Hole(low_);
    if (current_->sequence > next_) {
      if (auto hole = Hole(current_->sequence.Previous())) return hole;
      continue;
    }
    RecordSource& source = *sources_[current_->source];
    const Record record = *source.Peek();
    source.Pop();
    popped_ = true;
    if (record.sequence == next_) {
      next_ = next_.Next();
      return record;
    }
    if (record.sequence > answered_) on_repeat_(current_->source);
  }
}

// The numbers from next_ to last, as far as they are ours.
std::optional<Item> Merger::Hole(SequenceNumber last) {
  if (next_ > last) return std::nullopt;
  if (next_ <= bound_) {
    const SequenceNumber end = std::min(last, bound_);
    before_ += CountOf(next_, end);
    next_ = end.Next();
    if (next_ > last) return std::nullopt;
  }
  const LossLedger::Settled settled = ledger_.Settle(next_, last);
  Missing missing{next_, settled.last, settled.cause};
  next_ = settled.last.Next();
  return missing;
}

}  // namespace s390log
