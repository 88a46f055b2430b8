// SPDX-License-Identifier: MIT
#include "s390log/record.h"

#include <linux/s390_log.h>

#include <algorithm>

namespace s390log {
namespace {

constexpr size_t kHeaderSize = 0x20;
static_assert(kHeaderSize == sizeof(s390_log_record));

constexpr size_t AlignUp(size_t length) {
  return (length + S390_LOG_ALIGN - 1) & ~size_t{S390_LOG_ALIGN - 1};
}

}  // namespace

std::optional<Record> RecordParser::Fail(FaultKind kind) {
  fault_ = ParseFault{kind, offset_};
  return std::nullopt;
}

std::optional<Record> RecordParser::Next() {
  if (fault_ || offset_ >= decoder_.Size()) return std::nullopt;
  if (!decoder_.Holds(offset_, kHeaderSize)) return Fail(FaultKind::kRecordTruncated);
  const size_t length = decoder_.U32(offset_);
  if (length < kHeaderSize) return Fail(FaultKind::kLengthTooSmall);
  if (length > kHeaderSize + S390_LOG_MAX_PAYLOAD) return Fail(FaultKind::kLengthTooLarge);
  if (!decoder_.Holds(offset_, length)) return Fail(FaultKind::kLengthPastEnd);

  Record record;
  record.event = decoder_.U32(offset_ + 0x04);
  record.sequence = SequenceNumber(decoder_.U64(offset_ + 0x08));
  record.time_ns = decoder_.U64(offset_ + 0x10);
  record.device_word = decoder_.U32(offset_ + 0x18);
  record.cpu = decoder_.U16(offset_ + 0x1c);
  record.flags = decoder_.U16(offset_ + 0x1e);
  record.order = decoder_.Order();
  record.payload = decoder_.Bytes(offset_ + kHeaderSize, length - kHeaderSize);
  if (record.sequence <= last_) return Fail(FaultKind::kSequenceNotRising);
  last_ = record.sequence;
  offset_ = std::min(offset_ + AlignUp(length), decoder_.Size());
  return record;
}

}  // namespace s390log
