// SPDX-License-Identifier: MIT
// What a consumer before us has answered for, as far as one CPU's buffer can tell.
//
// Sub-buffers below `consumed` were given back: their records were delivered, and each number that
// was missing among them was reported. Those numbers are not ours, and must not be called lost.
// What remains is exact:
//
// - The last sub-buffer given back mostly still lies in the buffer, because nobody has written over
//   it. Its last number bounds what the former consumer can have had from this CPU.
// - If it has been written over, the sub-buffer after it has begun, and that one's first_sequence
//   is a bound.
//
// A number above the bound of every CPU was in no sub-buffer that was given back; if it is missing,
// it is lost. A missing number below the largest bound may have been delivered: it is counted as
// "before", not as lost. Two things follow. Records that the former consumer had delivered from a
// sub-buffer that it could not yet give back come again. And drops that it reported after the last
// record that it gave back are reported again: twice is better than never.
#pragma once

#include <cstdint>
#include <span>

#include "s390log/channel.h"
#include "s390log/position_area.h"
#include "s390log/sequence_number.h"

namespace s390log {

struct FormerShare {
  SequenceNumber bound;  // no number above it was given back; 0 if nothing was
  uint64_t lost = 0;     // drops of this CPU that belong to that time
};

// `counters` and `low` are from one look at `positions`, in the order R1, R2, R3.
FormerShare FormerShareOf(std::span<const std::byte> buffer, const Geometry& geometry, uint32_t cpu,
                          const CpuCounters& counters, SequenceNumber low,
                          const PositionArea& positions);

}  // namespace s390log
