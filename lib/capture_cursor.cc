// SPDX-License-Identifier: MIT
#include "s390log/capture_cursor.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace s390log {
namespace {

constexpr size_t kNumberAt = 0x08;
constexpr size_t kFirstAt = 0x10;
constexpr size_t kLostAt = 0x18;
constexpr size_t kRecordsAt = 0x40;

}  // namespace

CaptureCursor::CaptureCursor(uint32_t cpu, CaptureSubbufs subbufs, const CapturedPositions* end,
                             LossLedger& ledger)
    : cpu_(cpu), subbufs_(std::move(subbufs)), end_(end), ledger_(ledger) {}

std::optional<SequenceNumber> CaptureCursor::Start() {
  subbuf_ = subbufs_.Next();
  if (!subbuf_) return std::nullopt;
  const SequenceNumber first = subbuf_->header.first_sequence;
  const bool possible = first > SequenceNumber() && first <= FirstNumber();
  if (!possible) subbufs_.Report(kFirstAt, 0, "not the lowest number in it");
  if (!possible || subbuf_->after_damage) {
    ledger_.AddUnreadable(cpu_);
    return std::nullopt;
  }
  // A CPU that came online late has a late first number, but nothing of it is missing.
  return subbuf_->header.number == 0 ? SequenceNumber() : first.Previous();
}

// Of the sub-buffer that was entered first.
SequenceNumber CaptureCursor::FirstNumber() const {
  const SubbufHeader& header = subbuf_->header;
  RecordParser parser(subbuf_->in_use, header.header_size, header.order);
  const auto record = parser.Next();
  if (record) return record->sequence;
  return std::min(kMaxCaptured, subbuf_->following.value_or(kMaxCaptured));
}

const Record* CaptureCursor::Peek() {
  while (!head_) {
    if (!parser_ && !Enter()) {
      TellLosses();
      return nullptr;
    }
    ReadRecord();
  }
  if (!losses_.empty()) TellLosses();
  return &*head_;
}

void CaptureCursor::Pop() {
  last_ = head_->sequence;
  ++*ordinal_;
  head_.reset();
}

void CaptureCursor::Reject() {
  head_.reset();
  Fail(FaultKind::kSequenceNotRising, head_at_);
}

void CaptureCursor::ReportRepeat() {
  subbufs_.Report(head_at_, 0, fmt::format("number {} comes a second time", last_.Value()));
  ledger_.AddUnreadable(cpu_);
}

// The first one is here already when the cursor was started.
bool CaptureCursor::Enter() {
  if (ended_) return false;
  if (last_number_ || !subbuf_) subbuf_ = subbufs_.Next();
  while (subbuf_ && ComesAgain(subbuf_->header)) {
    subbufs_.Report(kNumberAt, subbuf_->in_use.size(), "the sub-buffer comes a second time");
    subbuf_ = subbufs_.Next();
  }
  if (subbuf_) {
    Begin(*subbuf_);
  } else {
    End();
  }
  return subbuf_.has_value();
}

bool CaptureCursor::ComesAgain(const SubbufHeader& header) const {
  return last_number_ && header.number <= *last_number_ && header.first_sequence <= last_;
}

void CaptureCursor::Begin(const CapturedSubbuf& subbuf) {
  const SubbufHeader& header = subbuf.header;
  Account(subbuf);
  last_number_ = header.number;
  ordinal_ = header.records;
  lost_ = header.lost;
  const uint64_t base = header.number * header.subbuf_size;
  end_position_ = base + (subbuf.open ? subbuf.in_use.size() : header.subbuf_size);
  short_ = subbuf.open;
  upper_ = UpperOf(subbuf);
  parser_.emplace(subbuf.in_use, header.header_size, header.order);
}

SequenceNumber CaptureCursor::UpperOf(const CapturedSubbuf& subbuf) const {
  const SubbufHeader& header = subbuf.header;
  if (subbuf.following && *subbuf.following > header.first_sequence) {
    return std::min(kMaxCaptured, subbuf.following->Previous());
  }
  const bool settled =
      end_ != nullptr && cpu_ < end_->cpus.size() &&
      header.number * header.subbuf_size + subbuf.in_use.size() <= end_->cpus[cpu_].position;
  return settled ? end_->sequence : kMaxCaptured;
}

// What is missing between the sub-buffer before and this one.
void CaptureCursor::Account(const CapturedSubbuf& subbuf) {
  const SubbufHeader& header = subbuf.header;
  if (!last_number_) return;
  if (header.records < *ordinal_) {
    subbufs_.Report(kRecordsAt, 0, "counts fewer records than there are before it");
    ledger_.AddUnreadable(cpu_);
    return;
  }
  const uint64_t missed = header.records - *ordinal_;
  const uint64_t dropped = header.lost - std::min(header.lost, *lost_);
  const uint64_t room =
      header.first_sequence > last_ ? header.first_sequence.Value() - last_.Value() - 1 : 0;
  if (missed > room || dropped > room - missed) {
    const size_t at = missed > room ? kRecordsAt : kLostAt;
    subbufs_.Report(at, 0, "counts more records before it than there are numbers");
    ledger_.AddUnreadable(cpu_);
    return;
  }
  const bool jump = short_ || header.number != *last_number_ + 1;
  if (missed > 0 && !subbuf.after_damage && !jump) {
    subbufs_.Report(kRecordsAt, 0, fmt::format("{} records before it are not there", missed));
  }
  const bool overwritten = jump && !subbuf.after_damage;
  Lose(overwritten ? LossKind::kOverwritten : LossKind::kUnreadable, missed, header.first_sequence);
  Lose(LossKind::kBufferFull, dropped, header.first_sequence);
}

// Sub-buffers without a record between them are taken together: at most one loss of each kind.
void CaptureCursor::Lose(LossKind kind, uint64_t count, SequenceNumber before) {
  if (count == 0) return;
  for (Overwritten& loss : losses_) {
    if (loss.kind != kind) continue;
    *loss.count += std::min(count, UINT64_MAX - *loss.count);
    loss.before = std::max(loss.before, before);
    return;
  }
  losses_.push_back({cpu_, last_, before, count, kind});
}

// They have lower numbers than the record that follows them.
void CaptureCursor::TellLosses() {
  for (Overwritten& loss : losses_) {
    if (head_) loss.before = std::min(loss.before, head_->sequence);
    ledger_.AddOverwritten(loss);
  }
  losses_.clear();
}

// Told once, before the last numbers can be found missing.
void CaptureCursor::End() {
  ended_ = true;
  const bool damaged = subbufs_.TakeDamage();
  const CpuCounters* end = nullptr;
  if (end_ != nullptr && cpu_ < end_->cpus.size()) end = &end_->cpus[cpu_];
  if (end == nullptr || !last_number_) {
    if (damaged || end != nullptr) ledger_.AddUnreadable(cpu_);
    return;
  }
  beyond_end_ = end_position_ > end->position && end->records < *ordinal_;
  const bool cut = end_position_ < end->position;
  if (cut && !damaged) subbufs_.ReportEnd(end->position - end_position_);
  if (end->records < *ordinal_ || end->lost < *lost_) {
    if (damaged) ledger_.AddUnreadable(cpu_);
    return;
  }
  Lose(cut || damaged ? LossKind::kUnreadable : LossKind::kOverwritten, end->records - *ordinal_,
       kMaxCaptured.Next());
  Lose(LossKind::kBufferFull, end->lost - *lost_, kMaxCaptured.Next());
}

// Of a sub-buffer that was not closed, what follows the last record may be there, and empty.
bool CaptureCursor::Unwritten() const {
  if (!subbuf_->open) return false;
  const size_t at = parser_->Offset();
  const Decoder decoder(subbuf_->in_use, subbuf_->header.order);
  return decoder.Holds(at, 4) && decoder.U32(at) == 0;
}

void CaptureCursor::ReadRecord() {
  if (Unwritten()) return parser_.reset();
  head_at_ = parser_->Offset();
  head_ = parser_->Next();
  if (!head_) {
    const auto fault = parser_->Fault();
    return fault ? Fail(fault->kind, fault->offset) : parser_.reset();
  }
  if (head_->sequence > last_ && head_->sequence <= upper_) return;
  head_.reset();
  Fail(FaultKind::kSequenceNotRising, head_at_);
}

// What follows in the sub-buffer cannot be found.
void CaptureCursor::Fail(FaultKind kind, size_t offset) {
  subbufs_.Report(offset, subbuf_->in_use.size() - offset, std::string(NameOf(kind)));
  parser_.reset();
}

}  // namespace s390log
