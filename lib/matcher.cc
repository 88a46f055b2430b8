// SPDX-License-Identifier: MIT
#include "s390log/matcher.h"

namespace s390log {

void Matcher::Note(const Notice& notice) {
  if (notice.sequence <= settled_) {
    ++counts_.late_notices;
    return;
  }
  held_.push(notice);
}

// Such numbers were settled in the meantime, or before the first number that is ours.
void Matcher::DropNoticesBelow(SequenceNumber sequence) {
  while (!held_.empty() && held_.top().sequence < sequence) {
    held_.pop();
    ++counts_.late_notices;
  }
}

std::optional<Notice> Matcher::TakeNoticeOf(SequenceNumber sequence) {
  std::optional<Notice> notice;
  while (!held_.empty() && held_.top().sequence == sequence) {
    notice = held_.top();
    held_.pop();
  }
  return notice;
}

std::optional<Outcome> Matcher::Next(ItemSource& source) {
  if (!missing_) {
    const std::optional<Item> item = source.Next();
    if (!item) return std::nullopt;
    if (const Record* record = std::get_if<Record>(&*item)) return OfRecord(*record);
    missing_ = std::get<Missing>(*item);
  }
  return OfMissing();
}

Outcome Matcher::OfRecord(const Record& record) {
  DropNoticesBelow(record.sequence);
  const bool noticed = TakeNoticeOf(record.sequence).has_value();
  settled_ = record.sequence;
  ++(noticed ? counts_.complete : counts_.coalesced);
  return {noticed ? Match::kComplete : Match::kCoalesced,
          record.sequence,
          record.sequence,
          record.event,
          record,
          {}};
}

// Each kevent in the range is an event of which we know the number and the kind; the rest are gaps.
Outcome Matcher::OfMissing() {
  DropNoticesBelow(missing_->first);
  Outcome outcome{Match::kGap, missing_->first, missing_->last, 0, {}, missing_->cause};
  if (const auto notice = TakeNoticeOf(missing_->first)) {
    outcome.match = Match::kPayloadLost;
    outcome.last = outcome.first;
    outcome.event = notice->event;
    ++counts_.payload_lost;
  } else {
    if (!held_.empty() && held_.top().sequence <= missing_->last) {
      outcome.last = held_.top().sequence.Previous();
    }
    ++counts_.gaps;
    counts_.lost += CountOf(outcome.first, outcome.last);
  }
  settled_ = outcome.last;
  missing_->first = outcome.last.Next();
  if (missing_->first > missing_->last) missing_.reset();
  return outcome;
}

}  // namespace s390log
