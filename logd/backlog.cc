// SPDX-License-Identifier: MIT
#include "logd/backlog.h"

#include <utility>

namespace s390log {

void Backlog::Append(Event event) {
  numbers_ += event.Count();
  events_.push_back(std::move(event));
}

std::optional<Entry> Backlog::Find(uint64_t index) const {
  if (index >= begin_) return Entry{At(index), boot_id_};
  return history_ == nullptr ? std::nullopt : history_->Find(index);
}

void Backlog::TrimTo(uint64_t index) {
  while (begin_ < index && !events_.empty()) {
    Account(events_.front());
    events_.pop_front();
    ++begin_;
  }
}

void Backlog::Account(const Event& event) {
  numbers_ -= event.Count();
  taken_through_ = event.last;
  switch (event.match) {
    case Match::kComplete:
      ++taken_.complete;
      break;
    case Match::kCoalesced:
      ++taken_.coalesced;
      break;
    case Match::kPayloadLost:
      ++taken_.payload_lost;
      break;
    case Match::kGap:
      ++taken_.gaps;
      taken_.lost += event.Count();
      break;
  }
}

}  // namespace s390log
