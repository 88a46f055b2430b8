// SPDX-License-Identifier: MIT
// Records of a sub-buffer: a view, and the parser that checks every length before it uses it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "s390log/decode.h"
#include "s390log/parse_fault.h"
#include "s390log/sequence_number.h"

namespace s390log {

// One record. The header is decoded; the payload still lies in the buffer, and is valid until the
// sub-buffer is given back.
struct Record {
  uint32_t event = 0;
  SequenceNumber sequence;
  uint64_t time_ns = 0;
  uint32_t device_word = 0;
  uint16_t cpu = 0;
  uint16_t flags = 0;
  ByteOrder order = kNativeOrder;
  std::span<const std::byte> payload;
};

// Walks the records in the first `end` bytes of a sub-buffer. Not thread-safe; copyable.
class RecordParser {
 public:
  // `in_use` begins with the sub-buffer's header and ends where padding (or the unwritten) begins.
  RecordParser(std::span<const std::byte> in_use, size_t offset, ByteOrder order)
      : decoder_(in_use, order), offset_(offset) {}

  // The next record; nothing at the end, or at a fault, which Fault() then names.
  std::optional<Record> Next();

  size_t Offset() const { return offset_; }
  const std::optional<ParseFault>& Fault() const { return fault_; }

 private:
  std::optional<Record> Fail(FaultKind kind);

  Decoder decoder_;
  size_t offset_;
  SequenceNumber last_;
  std::optional<ParseFault> fault_;
};

}  // namespace s390log
