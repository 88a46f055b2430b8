// SPDX-License-Identifier: MIT
#include "s390log/position_area.h"

#include <linux/s390_log.h>

#include <cstddef>
#include <stdexcept>

#include "s390log/decode.h"

namespace s390log {
namespace {

constexpr size_t kSequenceAt = 0x80;
static_assert(kSequenceAt == offsetof(s390_log_position, sequence));
static_assert(offsetof(s390_log_cpu, pending) == 0x00);
static_assert(offsetof(s390_log_cpu, position) == 0x08);
static_assert(offsetof(s390_log_cpu, lost) == 0x10);
static_assert(offsetof(s390_log_cpu, consumed) == 0x18);
static_assert(offsetof(s390_log_cpu, records) == 0x20);
static_assert(offsetof(s390_log_cpu, begun) == 0x28);
static_assert(offsetof(s390_log_cpu, full) == 0x30);
static_assert(offsetof(s390_log_cpu, wrapped) == 0x38);
static_assert(offsetof(s390_log_cpu, overwritten) == 0x40);
constexpr size_t kTakenAt = 0x28;
static_assert(kTakenAt == offsetof(s390_log_position, taken));

// The one place that looks at live words. Partner of the writer's W1 to W5; the area is in native
// order and its words are aligned (Check() saw to that).
uint64_t LoadAcquire(const std::byte* word) {
  return __atomic_load_n(reinterpret_cast<const uint64_t*>(word), __ATOMIC_ACQUIRE);
}

}  // namespace

std::optional<ParseFault> PositionArea::Check(std::span<const std::byte> area) {
  if (area.size() < sizeof(s390_log_position)) return ParseFault{FaultKind::kHeaderTruncated, 0};
  const Decoder decoder(area, kNativeOrder);
  if (decoder.U32(0x00) != S390_LOG_POSITION_MAGIC) return ParseFault{FaultKind::kBadMagic, 0};
  if (decoder.U32(0x04) != S390_LOG_ABI_VERSION) return ParseFault{FaultKind::kBadVersion, 0x04};
  const uint64_t header_size = decoder.U32(0x08);
  const uint64_t cpu_size = decoder.U32(0x0c);
  const uint64_t n_cpus = decoder.U32(0x10);
  if (header_size < sizeof(s390_log_position) || header_size % 8 != 0) {
    return ParseFault{FaultKind::kBadHeaderSize, 0x08};
  }
  const bool aligned = reinterpret_cast<uintptr_t>(area.data()) % 8 == 0;
  if (!aligned || cpu_size < offsetof(s390_log_cpu, reserved) || cpu_size % 8 != 0) {
    return ParseFault{FaultKind::kBadGeometry, 0x0c};
  }
  if (n_cpus == 0 || header_size > area.size() || n_cpus > (area.size() - header_size) / cpu_size) {
    return ParseFault{FaultKind::kBadGeometry, 0x10};
  }
  return std::nullopt;
}

PositionArea::PositionArea(std::span<const std::byte> area) : area_(area) {
  if (const auto fault = Check(area)) {
    throw std::runtime_error("position area of s390_log: " + ToString(*fault));
  }
  const Decoder decoder(area, kNativeOrder);
  header_size_ = decoder.U32(0x08);
  cpu_size_ = decoder.U32(0x0c);
  n_cpus_ = decoder.U32(0x10);
  boot_id_ = BootId(area.subspan<0x18, BootId::kSize>());
}

const std::byte* PositionArea::Cpu(uint32_t cpu) const {
  if (cpu >= n_cpus_) std::abort();
  return area_.data() + header_size_ + size_t{cpu} * cpu_size_;
}

SequenceNumber PositionArea::Sequence() const {
  return SequenceNumber(LoadAcquire(area_.data() + kSequenceAt));
}

std::optional<SequenceNumber> PositionArea::Pending(uint32_t cpu) const {
  const uint64_t pending = LoadAcquire(Cpu(cpu));
  if (pending == 0) return std::nullopt;
  return SequenceNumber(pending);
}

CpuCounters PositionArea::Counters(uint32_t cpu) const {
  const std::byte* words = Cpu(cpu);
  CpuCounters counters;
  counters.position = LoadAcquire(words + 0x08);
  counters.lost = LoadAcquire(words + 0x10);
  counters.consumed = LoadAcquire(words + 0x18);
  counters.records = LoadAcquire(words + 0x20);
  counters.begun = LoadAcquire(words + 0x28);
  counters.full = LoadAcquire(words + 0x30);
  counters.wrapped = LoadAcquire(words + 0x38);
  counters.overwritten = LoadAcquire(words + 0x40);
  return counters;
}

// The barrier is R5's: the copy before it, the word after it. Partner of the one in subbuf.c.
uint64_t PositionArea::Begun(uint32_t cpu) const {
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  return LoadAcquire(Cpu(cpu) + 0x28);
}

SequenceNumber PositionArea::Taken() const {
  return SequenceNumber(LoadAcquire(area_.data() + kTakenAt));
}

}  // namespace s390log
