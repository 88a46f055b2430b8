// SPDX-License-Identifier: MIT
#include "s390log/cpu_cursor.h"

#include <algorithm>

#include "s390log/subbuf_header.h"

namespace s390log {

CpuCursor::CpuCursor(uint32_t cpu, const Geometry& geometry, const BootId& boot_id,
                     FaultHandler on_fault)
    : cpu_(cpu), geometry_(geometry), boot_id_(boot_id), on_fault_(std::move(on_fault)) {}

void CpuCursor::Start(std::span<const std::byte> buffer, uint64_t first) {
  buffer_ = buffer;
  subbuf_ = first;
  finished_ = first;
}

std::span<const std::byte> CpuCursor::Subbuf(uint64_t number) const {
  const size_t size = geometry_.subbuf_size;
  return buffer_.subspan((number % geometry_.n_subbufs) * size, size);
}

uint64_t CpuCursor::Base() const { return subbuf_ * geometry_.subbuf_size; }

const Record* CpuCursor::Peek() {
  while (!head_) {
    if (position_ <= Base()) return nullptr;
    if (offset_ == 0) ReadHeader();
    const size_t end = EndOfUse();
    if (offset_ < end) {
      ReadRecord(end);
    } else if (Complete()) {
      LeaveSubbuf();
    } else {
      return nullptr;
    }
  }
  return &*head_;
}

void CpuCursor::Pop() {
  last_ = head_->sequence;
  offset_ = head_end_;
  popped_here_ = true;
  head_.reset();
}

void CpuCursor::Reject() {
  head_.reset();
  Fail({FaultKind::kSequenceNotRising, offset_});
}

void CpuCursor::ReadHeader() {
  const auto parsed = ParseSubbufHeader(Subbuf(subbuf_));
  if (const ParseFault* fault = std::get_if<ParseFault>(&parsed)) return Fail(*fault);
  const SubbufHeader& header = std::get<SubbufHeader>(parsed);
  if (header.number != subbuf_) return Fail({FaultKind::kBadGeometry, 0x08});
  if (header.subbuf_size != geometry_.subbuf_size) return Fail({FaultKind::kBadGeometry, 0x24});
  if (header.n_subbufs != geometry_.n_subbufs) return Fail({FaultKind::kBadGeometry, 0x28});
  if (header.cpu != cpu_) return Fail({FaultKind::kBadGeometry, 0x2c});
  if (header.boot_id != boot_id_) return Fail({FaultKind::kForeignBoot, 0x30});
  order_ = header.order;
  offset_ = header.header_size;
}

bool CpuCursor::Complete() const {
  const uint64_t end = Base() + geometry_.subbuf_size;
  if (position_ != end) return position_ > end;
  return SubbufUsed(Subbuf(subbuf_), order_) != 0;
}

size_t CpuCursor::EndOfUse() {
  const size_t size = geometry_.subbuf_size;
  if (skip_) return 0;
  if (position_ < Base() + size) return position_ - Base();
  const size_t used = SubbufUsed(Subbuf(subbuf_), order_);
  if (used == 0) return size;
  if (used <= size) return used;
  Fail({FaultKind::kBadUsed, 0x20});
  return 0;
}

void CpuCursor::ReadRecord(size_t end) {
  RecordParser parser(Subbuf(subbuf_).first(end), offset_, order_);
  std::optional<Record> record = parser.Next();
  if (!record) return Fail(*parser.Fault());
  if (record->sequence <= last_) return Fail({FaultKind::kSequenceNotRising, offset_});
  head_ = record;
  head_end_ = parser.Offset();
}

// What follows cannot be found; whatever has been read of the sub-buffer stands.
void CpuCursor::Fail(const ParseFault& fault) {
  skip_ = true;
  offset_ = geometry_.subbuf_size;
  on_fault_(cpu_, subbuf_, fault);
}

void CpuCursor::LeaveSubbuf() {
  done_.push_back({subbuf_, last_});
  ++subbuf_;
  offset_ = 0;
  skip_ = false;
  popped_here_ = false;
}

SequenceNumber CpuCursor::AnsweredAt(const Done& done, SequenceNumber emitted) const {
  const uint64_t next = done.number + 1;
  if (position_ <= next * geometry_.subbuf_size) return std::max(done.last, emitted);
  const auto parsed = ParseSubbufHeader(Subbuf(next));
  const SubbufHeader* header = std::get_if<SubbufHeader>(&parsed);
  if (header == nullptr || header->first_sequence == SequenceNumber()) return done.last;
  return std::max(done.last, header->first_sequence.Previous());
}

uint64_t CpuCursor::Finished(SequenceNumber taken, SequenceNumber emitted) {
  while (!done_.empty() && AnsweredAt(done_.front(), emitted) <= taken) {
    finished_ = done_.front().number + 1;
    done_.pop_front();
  }
  return finished_;
}

uint64_t CpuCursor::Unread() const {
  const uint64_t here = Base() + offset_;
  return position_ > here ? position_ - here : 0;
}

}  // namespace s390log
