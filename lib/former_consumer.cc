// SPDX-License-Identifier: MIT
#include "s390log/former_consumer.h"

#include <optional>
#include <variant>

#include "s390log/record.h"
#include "s390log/subbuf_header.h"

namespace s390log {
namespace {

std::span<const std::byte> Subbuf(std::span<const std::byte> buffer, const Geometry& geometry,
                                  uint64_t number) {
  return buffer.subspan((number % geometry.n_subbufs) * geometry.subbuf_size, geometry.subbuf_size);
}

std::optional<SubbufHeader> HeaderOf(std::span<const std::byte> subbuf, uint64_t number) {
  const auto parsed = ParseSubbufHeader(subbuf);
  const SubbufHeader* header = std::get_if<SubbufHeader>(&parsed);
  if (header == nullptr || header->number != number) return std::nullopt;
  return *header;
}

// Its successor has not begun, so nobody writes over it while we read.
FormerShare FromLastGivenBack(std::span<const std::byte> subbuf, uint64_t number,
                              const FormerShare& otherwise) {
  const auto header = HeaderOf(subbuf, number);
  if (!header) return otherwise;
  const uint32_t used = SubbufUsed(subbuf, header->order);
  if (used < header->header_size || used > subbuf.size()) return otherwise;
  FormerShare share{SequenceNumber(), header->lost};
  RecordParser parser(subbuf.first(used), header->header_size, header->order);
  while (const auto record = parser.Next()) share.bound = record->sequence;
  if (parser.Fault() || share.bound == SequenceNumber()) return otherwise;
  return share;
}

}  // namespace

FormerShare FormerShareOf(std::span<const std::byte> buffer, const Geometry& geometry,
                          const CpuCounters& counters, SequenceNumber low) {
  if (counters.consumed == 0) return {};
  // What can be said in any case: everything up to low that this CPU has recorded was given back.
  const FormerShare all{low, counters.lost};
  const uint64_t number = counters.consumed;
  if (counters.position > number * geometry.subbuf_size) {
    const auto oldest = HeaderOf(Subbuf(buffer, geometry, number), number);
    if (!oldest || oldest->first_sequence == SequenceNumber()) return all;
    return {oldest->first_sequence.Previous(), oldest->lost};
  }
  return FromLastGivenBack(Subbuf(buffer, geometry, number - 1), number - 1, all);
}

}  // namespace s390log
