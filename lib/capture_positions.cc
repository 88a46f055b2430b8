// SPDX-License-Identifier: MIT
#include "s390log/capture_positions.h"

#include <linux/s390_log.h>

#include <algorithm>
#include <cstring>

#include "s390log/decode.h"

namespace s390log {
namespace {

// Bytes of a CPU's words that must be there.
constexpr size_t kCpuWords = offsetof(s390_log_cpu, reserved);

// The number that a CPU without a pending word may be writing, as far as the reader knows.
uint64_t PendingOf(const CapturedPositions& positions) {
  return positions.low < positions.sequence ? positions.low.Next().Value() : 0;
}

s390_log_cpu FormatCpu(const CpuCounters& counters, uint64_t pending) {
  s390_log_cpu words{};
  words.pending = pending;
  words.position = counters.position;
  words.lost = counters.lost;
  words.consumed = counters.consumed;
  words.records = counters.records;
  words.begun = counters.begun;
  words.full = counters.full;
  words.wrapped = counters.wrapped;
  words.overwritten = counters.overwritten;
  return words;
}

CpuCounters ParseCpu(const Decoder& words) {
  CpuCounters counters;
  counters.position = words.U64(offsetof(s390_log_cpu, position));
  counters.lost = words.U64(offsetof(s390_log_cpu, lost));
  counters.consumed = words.U64(offsetof(s390_log_cpu, consumed));
  counters.records = words.U64(offsetof(s390_log_cpu, records));
  counters.begun = words.U64(offsetof(s390_log_cpu, begun));
  counters.full = words.U64(offsetof(s390_log_cpu, full));
  counters.wrapped = words.U64(offsetof(s390_log_cpu, wrapped));
  counters.overwritten = words.U64(offsetof(s390_log_cpu, overwritten));
  return counters;
}

}  // namespace

// R1, R2, R3 of <linux/s390_log.h>; and the sequence once more, which by then no record below the
// positions is above.
CapturedPositions TakePositions(const PositionArea& area) {
  CapturedPositions positions;
  positions.boot_id = area.Boot();
  positions.low = area.Sequence();
  for (uint32_t cpu = 0; cpu < area.CpuCount(); ++cpu) {
    const auto pending = area.Pending(cpu);
    if (pending) positions.low = std::min(positions.low, pending->Previous());
  }
  for (uint32_t cpu = 0; cpu < area.CpuCount(); ++cpu) {
    positions.cpus.push_back(area.Counters(cpu));
  }
  positions.taken = area.Taken();
  positions.sequence = area.Sequence();
  return positions;
}

std::vector<std::byte> FormatPositions(const CapturedPositions& positions) {
  s390_log_position header{};
  header.magic = S390_LOG_POSITION_MAGIC;
  header.version = S390_LOG_ABI_VERSION;
  header.header_size = sizeof(s390_log_position);
  header.cpu_size = sizeof(s390_log_cpu);
  header.n_cpus = static_cast<uint32_t>(positions.cpus.size());
  std::memcpy(header.boot_id, positions.boot_id.Bytes().data(), BootId::kSize);
  header.taken = positions.taken.Value();
  header.sequence = positions.sequence.Value();
  std::vector<std::byte> bytes(sizeof(header) + positions.cpus.size() * sizeof(s390_log_cpu));
  std::memcpy(bytes.data(), &header, sizeof(header));
  for (size_t cpu = 0; cpu < positions.cpus.size(); ++cpu) {
    const s390_log_cpu words = FormatCpu(positions.cpus[cpu], PendingOf(positions));
    std::memcpy(bytes.data() + sizeof(header) + cpu * sizeof(words), &words, sizeof(words));
  }
  return bytes;
}

std::variant<CapturedPositions, ParseFault> ParsePositions(std::span<const std::byte> bytes) {
  if (bytes.size() < sizeof(s390_log_position)) return ParseFault{FaultKind::kHeaderTruncated, 0};
  const auto order = OrderOfMagic(bytes, S390_LOG_POSITION_MAGIC);
  if (!order) return ParseFault{FaultKind::kBadMagic, 0};
  const Decoder decoder(bytes, *order);
  if (decoder.U32(0x04) != S390_LOG_ABI_VERSION) return ParseFault{FaultKind::kBadVersion, 0x04};
  const size_t header_size = decoder.U32(0x08);
  const size_t cpu_size = decoder.U32(0x0c);
  const size_t n_cpus = decoder.U32(0x10);
  if (header_size < sizeof(s390_log_position) || header_size > bytes.size()) {
    return ParseFault{FaultKind::kBadHeaderSize, 0x08};
  }
  if (cpu_size < kCpuWords) return ParseFault{FaultKind::kBadGeometry, 0x0c};
  if (n_cpus == 0 || n_cpus > (bytes.size() - header_size) / cpu_size) {
    return ParseFault{FaultKind::kBadGeometry, 0x10};
  }
  CapturedPositions positions;
  positions.boot_id = BootId(bytes.subspan<0x18, BootId::kSize>());
  positions.taken = SequenceNumber(decoder.U64(offsetof(s390_log_position, taken)));
  positions.sequence = SequenceNumber(decoder.U64(offsetof(s390_log_position, sequence)));
  if (positions.sequence > kMaxCaptured) {
    return ParseFault{FaultKind::kBadGeometry, offsetof(s390_log_position, sequence)};
  }
  positions.low = positions.sequence;
  for (size_t cpu = 0; cpu < n_cpus; ++cpu) {
    const Decoder words(bytes.subspan(header_size + cpu * cpu_size, cpu_size), *order);
    const SequenceNumber pending(words.U64(0));
    if (pending != SequenceNumber()) {
      positions.low = std::min(positions.low, pending.Previous());
    }
    positions.cpus.push_back(ParseCpu(words));
  }
  return positions;
}

}  // namespace s390log
