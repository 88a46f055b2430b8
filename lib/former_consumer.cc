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
  return buffer.subspan((number % geometry.n_subbufs) * geometry.subbuf_size,
                        geometry.subbuf_size);
}

std::optional<SubbufHeader> HeaderOf(std::span<const std::byte> subbuf, uint64_t number) {
  const auto parsed = ParseSubbufHeader(subbuf);
  const SubbufHeader* header = std::get_if<SubbufHeader>(&parsed);
  if (header == nullptr || header->number != number) return std::nullopt;
  return *header;
}

// From the last sub-buffer that was given back, if it is still there. The writer could begin its
// place anew while we read: positions near to that are not tried, and checked again afterwards.
std::optional<FormerShare> FromLastGivenBack(std::span<const std::byte> buffer,
                                             const Geometry& geometry, uint32_t cpu,
                                             const CpuCounters& counters,
                                             const PositionArea& positions) {
  const uint64_t number = counters.consumed - 1;
  const uint64_t overwritten_at = (number + geometry.n_subbufs) * geometry.subbuf_size;
  if (counters.position + geometry.subbuf_size > overwritten_at) return std::nullopt;
  const std::span<const std::byte> subbuf = Subbuf(buffer, geometry, number);
  const auto header = HeaderOf(subbuf, number);
  if (!header) return std::nullopt;
  uint32_t used = SubbufUsed(subbuf, header->order);
  if (used == 0) used = geometry.subbuf_size;
  if (used < header->header_size || used > geometry.subbuf_size) return std::nullopt;

  FormerShare share{SequenceNumber(), header->lost};
  RecordParser parser(subbuf.first(used), header->header_size, header->order);
  while (const auto record = parser.Next()) share.bound = record->sequence;
  const bool intact = positions.Counters(cpu).position <= overwritten_at;
  if (!intact || parser.Fault() || share.bound == SequenceNumber()) return std::nullopt;
  return share;
}

}  // namespace

FormerShare FormerShareOf(std::span<const std::byte> buffer, const Geometry& geometry, uint32_t cpu,
                          const CpuCounters& counters, SequenceNumber low,
                          const PositionArea& positions) {
  if (counters.consumed == 0) return {};
  if (auto share = FromLastGivenBack(buffer, geometry, cpu, counters, positions)) return *share;
  // Without the next sub-buffer, everything up to low that this CPU has recorded was given back.
  const bool next_begun = counters.position > counters.consumed * geometry.subbuf_size;
  if (!next_begun) return {low, counters.lost};
  const auto next = HeaderOf(Subbuf(buffer, geometry, counters.consumed), counters.consumed);
  if (!next || next->first_sequence == SequenceNumber()) return {low, counters.lost};
  return {next->first_sequence.Previous(), next->lost};
}

}  // namespace s390log
