// SPDX-License-Identifier: MIT
// The position area as a capture keeps it: a picture of all its words, taken in an order that makes
// them say something about the captured files.
//
// - Every number up to `low` is in the files or lost.
// - No record below a CPU's `position` has a number above `sequence`.
// - `position` of a CPU is where its copy ends. That is what the kernel said, unless the writer
// came
//   round while it was copied; then `records` tells how many records are missing behind it.
//
// The bytes are those of a position area, in the byte order of the machine: where a number up to
// `sequence` was not settled, the pending words say so.
#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "s390log/boot_id.h"
#include "s390log/parse_fault.h"
#include "s390log/position_area.h"
#include "s390log/sequence_number.h"

namespace s390log {

// No machine lives to give such a number: it can only be damage. It keeps sums within 64 bits.
inline constexpr SequenceNumber kMaxCaptured{UINT64_MAX / 2};

struct CapturedPositions {
  BootId boot_id;
  SequenceNumber taken;
  SequenceNumber sequence;
  SequenceNumber low;
  std::vector<CpuCounters> cpus;
};

// The live words, now.
CapturedPositions TakePositions(const PositionArea& area);

// As a position area in native byte order.
std::vector<std::byte> FormatPositions(const CapturedPositions& positions);

// In either byte order.
std::variant<CapturedPositions, ParseFault> ParsePositions(std::span<const std::byte> bytes);

}  // namespace s390log
