// SPDX-License-Identifier: MIT
// What is wrong with bytes that should have been a header or a record, and where.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace s390log {

enum class FaultKind {
  kHeaderTruncated,    // fewer bytes than the header has
  kBadMagic,           // the magic number in neither byte order
  kBadVersion,         // an ABI version that this program does not know
  kBadHeaderSize,      // the header says it is smaller than it is, or larger than its sub-buffer
  kBadGeometry,        // size, count, number or CPU are not those of this buffer
  kForeignBoot,        // another boot id than the channel's
  kRecordTruncated,    // a record's header crosses the end of what is in use
  kLengthTooSmall,     // a record is shorter than its header
  kLengthTooLarge,     // a payload above S390_LOG_MAX_PAYLOAD
  kLengthPastEnd,      // a record crosses the end of what is in use
  kSequenceNotRising,  // numbers on one CPU only rise
  kBadUsed,            // the end of use lies outside the sub-buffer
};

struct ParseFault {
  FaultKind kind;
  size_t offset;  // from the beginning of the sub-buffer or of the position area

  friend bool operator==(const ParseFault&, const ParseFault&) = default;
};

// "record shorter than its header"
std::string_view NameOf(FaultKind kind);

// "record shorter than its header at offset 0x40"
std::string ToString(const ParseFault& fault);

}  // namespace s390log
