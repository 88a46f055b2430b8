// SPDX-License-Identifier: MIT
// What a consumer before us has answered for, as far as one CPU's buffer can tell.
//
// A consumer gives a sub-buffer back when everything before the sub-buffer that follows it has been
// delivered or reported as lost (CpuCursor::AnsweredAt). So the first_sequence of the oldest
// sub-buffer that was not given back bounds what is not ours, on every CPU; the largest of these
// bounds holds for all. Above it everything is ours, and exact: a number without a record is lost.
// Below it, a record that is still there is delivered, and a number that is not was the former
// consumer's: it is counted as "before", never called lost.
//
// If no sub-buffer follows (the last was full when its successor should have begun, and the former
// consumer ended without S390_LOG_IOC_FLUSH), its last number is the bound, read from where it
// still lies. Drops after it may have been reported already, and are reported again: rather twice
// than never. In the same way a consumer that was killed is followed by one that delivers once more
// what it had from the sub-buffers that were not yet full.
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

// `counters` and `low` are from one look at the positions, in the order R1, R2, R3.
FormerShare FormerShareOf(std::span<const std::byte> buffer, const Geometry& geometry,
                          const CpuCounters& counters, SequenceNumber low);

}  // namespace s390log
