// SPDX-License-Identifier: MIT
#include "s390log/capture_tap.h"

#include <linux/s390_log.h>

#include <algorithm>
#include <cstring>

#include "s390log/live_copy.h"
#include "s390log/record.h"
#include "s390log/subbuf_header.h"

namespace s390log {
namespace {

constexpr size_t kUsedAt = offsetof(s390_log_subbuf, used);

}  // namespace

CaptureTap::CaptureTap(uint32_t cpu, const Geometry& geometry, const PositionArea& positions,
                       CaptureWriter& writer)
    : cpu_(cpu), geometry_(geometry), positions_(positions), writer_(writer) {}

void CaptureTap::Start(std::span<const std::byte> buffer) {
  buffer_ = buffer;
  copy_.resize(geometry_.subbuf_size);
  const uint64_t begun = positions_.Begun(cpu_);
  Enter(begun - std::min<uint64_t>(begun, geometry_.n_subbufs));
}

void CaptureTap::StartAtFirst(std::span<const std::byte> buffer) {
  buffer_ = buffer;
  copy_.resize(geometry_.subbuf_size);
  from_first_ = true;
  Enter(0);
}

std::span<const std::byte> CaptureTap::Live() const {
  const size_t size = geometry_.subbuf_size;
  return buffer_.subspan(number_ % geometry_.n_subbufs * size, size);
}

// Only when the position has left the sub-buffer, or is at its end.
uint32_t CaptureTap::LiveUsed() const { return LiveSubbufUsed(Live()); }

void CaptureTap::Enter(uint64_t number) {
  number_ = number;
  copied_ = 0;
  counted_ = 0;
  malformed_ = false;
}

void CaptureTap::Copy(uint64_t position) {
  const size_t size = geometry_.subbuf_size;
  while (Started() && position > Base()) {
    const bool at_end = position - Base() >= size;
    const uint32_t used = at_end ? LiveUsed() : 0;
    // Filled to the last byte, it may be in use to its end and not closed yet.
    const bool closed = position - Base() > size || used != 0;
    size_t end = std::min<uint64_t>(position - Base(), size);
    if (closed) end = std::clamp<size_t>(used, copied_, size);
    CopyLive(Live().subspan(copied_, end - copied_), copy_.data() + copied_);
    // The writer may be closing it at this moment: what counts is what we have copied.
    std::memcpy(copy_.data() + kUsedAt, &used, sizeof(used));
    if (Lapped()) {
      Jump();
      continue;
    }
    const bool begun_before = copied_ > 0;
    Save(end);
    if (!closed) return;
    if (begun_before) CloseAt(used);
    Enter(number_ + 1);
    end_ = Base();
  }
}

// The copy is whole up to `end`, and goes into the file.
void CaptureTap::Save(size_t end) {
  skip_ahead_ = 0;
  if (end == copied_) return;
  if (copied_ == 0) writer_.Begin();
  writer_.Write(copied_, std::span(copy_).subspan(copied_, end - copied_));
  copied_ = end;
  end_ = Base() + copied_;
  CountRecords();
}

void CaptureTap::CloseAt(size_t used) {
  const auto word = static_cast<uint32_t>(used);
  writer_.Write(kUsedAt, std::as_bytes(std::span(&word, 1)));
}

// Not all of the current sub-buffer will ever be there.
void CaptureTap::Jump() {
  if (from_first_ && end_ == 0) SaveEmptyFirst();
  const uint64_t begun = positions_.Begun(cpu_);
  const uint64_t oldest = begun - std::min<uint64_t>(begun, geometry_.n_subbufs);
  // Another may have begun, of which nothing is there yet.
  const uint64_t newest = (positions_.Counters(cpu_).position - 1) / geometry_.subbuf_size;
  Enter(std::max(number_ + 1, std::min(oldest + skip_ahead_, newest)));
  skip_ahead_ = std::min<uint64_t>(2 * skip_ahead_ + 1, geometry_.n_subbufs - 1);
}

void CaptureTap::SaveEmptyFirst() {
  s390_log_subbuf header{};
  header.magic = S390_LOG_SUBBUF_MAGIC;
  header.version = S390_LOG_ABI_VERSION;
  header.header_size = sizeof(header);
  header.first_sequence = 1;
  header.subbuf_size = geometry_.subbuf_size;
  header.n_subbufs = geometry_.n_subbufs;
  header.cpu = cpu_;
  std::memcpy(header.boot_id, positions_.Boot().Bytes().data(), BootId::kSize);
  writer_.Begin();
  writer_.Write(0, std::as_bytes(std::span(&header, 1)));
  end_ = sizeof(header);
  ordinal_ = 0;
}

// What the headers count and what is there, told apart.
void CaptureTap::CountRecords() {
  const std::span<const std::byte> bytes = std::span(copy_).first(copied_);
  if (counted_ == 0) {
    const auto parsed = ParseSubbufHeader(bytes);
    const SubbufHeader* header = std::get_if<SubbufHeader>(&parsed);
    malformed_ = header == nullptr;
    if (malformed_) return ordinal_.reset();
    if (ordinal_ && header->records > *ordinal_) missed_ += header->records - *ordinal_;
    ordinal_ = header->records;
    counted_ = header->header_size;
  }
  if (malformed_) return;
  RecordParser parser(bytes, counted_, kNativeOrder);
  uint64_t count = 0;
  while (parser.Next()) ++count;
  malformed_ = parser.Fault().has_value();
  counted_ = parser.Offset();
  records_ += count;
  *ordinal_ += count;
}

}  // namespace s390log
