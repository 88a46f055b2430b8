// SPDX-License-Identifier: MIT
#include "s390log/parse_fault.h"

#include <fmt/format.h>

namespace s390log {

std::string_view NameOf(FaultKind kind) {
  switch (kind) {
    case FaultKind::kHeaderTruncated:
      return "header cut off";
    case FaultKind::kBadMagic:
      return "no magic number";
    case FaultKind::kBadVersion:
      return "version of the format is not known";
    case FaultKind::kBadHeaderSize:
      return "impossible header size";
    case FaultKind::kBadGeometry:
      return "size, count or number does not belong to this buffer";
    case FaultKind::kForeignBoot:
      return "boot id of another time";
    case FaultKind::kRecordTruncated:
      return "record header cut off";
    case FaultKind::kLengthTooSmall:
      return "record shorter than its header";
    case FaultKind::kLengthTooLarge:
      return "record longer than any can be";
    case FaultKind::kLengthPastEnd:
      return "record crosses the end";
    case FaultKind::kSequenceNotRising:
      return "sequence number out of order";
    case FaultKind::kBadUsed:
      return "end of use lies outside";
  }
  return "unknown fault";
}

std::string ToString(const ParseFault& fault) {
  return fmt::format("{} at offset {:#x}", NameOf(fault.kind), fault.offset);
}

}  // namespace s390log
