// SPDX-License-Identifier: MIT
#include "s390log/cpu_cursor.h"

#include <linux/s390_log.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "s390log/live_copy.h"

namespace s390log {
namespace {

constexpr size_t kUsedAt = 0x20;
static_assert(kUsedAt == offsetof(s390_log_subbuf, used));

}  // namespace

CpuCursor::CpuCursor(uint32_t cpu, const Geometry& geometry, const PositionArea& positions,
                     LossLedger& ledger, FaultHandler on_fault)
    : cpu_(cpu),
      geometry_(geometry),
      positions_(positions),
      ledger_(ledger),
      on_fault_(std::move(on_fault)) {}

std::optional<SubbufHeader> CpuCursor::Start(std::span<const std::byte> buffer, uint64_t first) {
  buffer_ = buffer;
  finished_ = first;
  Enter(first);
  // Its own header if that is there; what was given back last still lies there, too, while nothing
  // has followed it.
  const uint64_t number = std::max(Oldest(), std::min(first, Newest()));
  return CopyHeader(number);
}

std::optional<SubbufHeader> CpuCursor::StartAtOldest(std::span<const std::byte> buffer) {
  buffer_ = buffer;
  const auto header = EnterOldest();
  finished_ = subbuf_;
  skip_ahead_ = 0;
  return header;
}

// The oldest sub-buffer that is left.
uint64_t CpuCursor::Oldest() const {
  const uint64_t begun = positions_.Begun(cpu_);
  return begun - std::min<uint64_t>(begun, geometry_.n_subbufs);
}

// The newest whose header is there: another may have begun, and nothing of it be written yet.
uint64_t CpuCursor::Newest() const {
  const uint64_t position = positions_.Counters(cpu_).position;
  return (position - std::min<uint64_t>(position, 1)) / geometry_.subbuf_size;
}

// The oldest sub-buffer that is left, or a later one if the writer is too quick for that.
std::optional<SubbufHeader> CpuCursor::EnterOldest() {
  while (true) {
    const uint64_t newest = Newest();
    Enter(std::clamp(Oldest() + skip_ahead_, subbuf_, std::max(subbuf_, newest)));
    skip_ahead_ = std::min<uint64_t>(2 * skip_ahead_ + 1, geometry_.n_subbufs - 1);
    const auto header = CopyHeader(subbuf_);
    if (!Lapped()) return header;
  }
}

std::span<const std::byte> CpuCursor::InBuffer(uint64_t number) const {
  const size_t size = geometry_.subbuf_size;
  return buffer_.subspan((number % geometry_.n_subbufs) * size, size);
}

std::span<const std::byte> CpuCursor::Current() const {
  return here_in_place_ ? InBuffer(subbuf_) : copy_;
}

void CpuCursor::Enter(uint64_t number) {
  subbuf_ = number;
  offset_ = 0;
  skip_ = false;
  copied_ = 0;
  here_in_place_ = in_place_;
  if (!in_place_) copy_.resize(geometry_.subbuf_size);
}

void CpuCursor::UseCopies() {
  in_place_ = false;
  if (!here_in_place_ || !Started()) return;
  const std::span<const std::byte> current = InBuffer(subbuf_);
  copy_.assign(current.begin(), current.end());
  copied_ = position_ > Base() ? std::min<uint64_t>(position_ - Base(), copy_.size()) : 0;
  here_in_place_ = false;
  head_.reset();  // to be read again, from the copy
}

const Record* CpuCursor::Peek() {
  while (!head_) {
    if (position_ <= Base() || !Fetch()) return nullptr;
    if (offset_ == 0) ReadHeader();
    const size_t end = EndOfUse();
    if (offset_ < end) {
      ReadRecord(end);
    } else if (Complete()) {
      done_.push_back({subbuf_ + 1, last_});
      Enter(subbuf_ + 1);
    } else {
      return nullptr;
    }
  }
  return &*head_;
}

void CpuCursor::Pop() {
  last_ = head_->sequence;
  offset_ = head_end_;
  if (ordinal_) ++*ordinal_;
  skip_ahead_ = 0;
  head_.reset();
}

void CpuCursor::Reject() {
  head_.reset();
  Fail({FaultKind::kSequenceNotRising, offset_});
}

bool CpuCursor::Lapped() const { return positions_.Begun(cpu_) > subbuf_ + geometry_.n_subbufs; }

// What may be read of the current sub-buffer is at hand, whichever that is by then. False: nothing.
bool CpuCursor::Fetch() {
  while (position_ > Base()) {
    // In place, only what is entered late can have been overwritten, before the mode was changed.
    if (here_in_place_ ? offset_ != 0 || !Lapped() : FetchCopy()) return true;
    Jump();
  }
  return false;
}

// False: the copy may be torn.
bool CpuCursor::FetchCopy() {
  // What has been copied is safe, and is read first: the merger may know of the next record.
  if (offset_ < copied_) return true;
  const size_t size = geometry_.subbuf_size;
  const size_t end = std::min<uint64_t>(position_ - Base(), size);
  const bool left = end == size && SubbufUsed(copy_, kNativeOrder) == 0;
  if (end <= copied_ && !left) return true;
  const std::span<const std::byte> from = InBuffer(subbuf_);
  CopyLive(from.subspan(copied_, end - copied_), copy_.data() + copied_);
  // Before the position has come to the end, nothing is to be known of it.
  const uint32_t used = end == size ? LiveSubbufUsed(from) : 0;
  std::memcpy(copy_.data() + kUsedAt, &used, sizeof(used));
  if (Lapped()) return false;
  copied_ = end;
  return true;
}

// A copy of the header, or nothing if it is malformed (or torn: ask Lapped() afterwards).
std::optional<SubbufHeader> CpuCursor::CopyHeader(uint64_t number) const {
  std::array<std::byte, sizeof(s390_log_subbuf)> bytes;
  CopyLive(InBuffer(number).first<bytes.size()>(), bytes.data());
  const auto parsed = ParseSubbufHeader(bytes);
  const SubbufHeader* header = std::get_if<SubbufHeader>(&parsed);
  if (header == nullptr || header->number != number) return std::nullopt;
  return *header;
}

// The writer has come round: what was missed is told to the ledger.
void CpuCursor::Jump() {
  const auto header = EnterOldest();
  // The gap is answered for before its sub-buffers go back, or nobody could name its cause.
  done_.push_back({subbuf_, header ? std::max(last_, header->first_sequence.Previous()) : last_});
  if (!header) return ordinal_.reset();
  Overwritten loss{cpu_, last_, header->first_sequence, std::nullopt};
  if (ordinal_ && header->records >= *ordinal_) loss.count = header->records - *ordinal_;
  ordinal_ = header->records;
  ledger_.AddOverwritten(loss);
}

void CpuCursor::ReadHeader() {
  const auto parsed = ParseSubbufHeader(Current());
  if (const ParseFault* fault = std::get_if<ParseFault>(&parsed)) return Fail(*fault);
  const SubbufHeader& header = std::get<SubbufHeader>(parsed);
  if (header.order != kNativeOrder) return Fail({FaultKind::kBadMagic, 0x00});
  if (header.number != subbuf_) return Fail({FaultKind::kBadGeometry, 0x08});
  if (header.subbuf_size != geometry_.subbuf_size) return Fail({FaultKind::kBadGeometry, 0x24});
  if (header.n_subbufs != geometry_.n_subbufs) return Fail({FaultKind::kBadGeometry, 0x28});
  if (header.cpu != cpu_) return Fail({FaultKind::kBadGeometry, 0x2c});
  if (header.boot_id != positions_.Boot()) return Fail({FaultKind::kForeignBoot, 0x30});
  offset_ = header.header_size;
  ordinal_ = header.records;
}

uint32_t CpuCursor::Used() const {
  return here_in_place_ ? LiveSubbufUsed(InBuffer(subbuf_)) : SubbufUsed(copy_, kNativeOrder);
}

bool CpuCursor::Complete() const {
  const uint64_t end = Base() + geometry_.subbuf_size;
  if (position_ != end) return position_ > end;
  return Used() != 0;
}

size_t CpuCursor::EndOfUse() {
  const size_t size = geometry_.subbuf_size;
  if (skip_) return 0;
  if (!here_in_place_ && copied_ < size) return copied_;
  if (position_ < Base() + size) return position_ - Base();
  const size_t used = Used();
  if (used == 0) return size;
  if (used >= offset_ && used <= size) return used;
  Fail({FaultKind::kBadUsed, 0x20});
  return 0;
}

void CpuCursor::ReadRecord(size_t end) {
  RecordParser parser(Current().first(end), offset_, kNativeOrder);
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
  ordinal_.reset();
  on_fault_(cpu_, fault);
}

uint64_t CpuCursor::Finished(SequenceNumber taken) {
  while (!done_.empty() && done_.front().last <= taken) {
    finished_ = done_.front().end;
    done_.pop_front();
  }
  return finished_;
}

uint64_t CpuCursor::Unread() const {
  const uint64_t here = Base() + offset_;
  return position_ > here ? position_ - here : 0;
}

}  // namespace s390log
