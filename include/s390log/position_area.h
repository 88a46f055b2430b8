// SPDX-License-Identifier: MIT
// The position area: the words by which writers and readers of the channel agree.
//
// It is read while the kernel writes it. Each word is loaded by itself, with acquire; the order in
// which a reader has to load them (R1 to R3 of <linux/s390_log.h>) is ChannelReader's business.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "s390log/boot_id.h"
#include "s390log/parse_fault.h"
#include "s390log/sequence_number.h"

namespace s390log {

// The words of one CPU, as they were when they were loaded.
struct CpuCounters {
  uint64_t position = 0;
  uint64_t lost = 0;
  uint64_t consumed = 0;
  uint64_t records = 0;
  uint64_t begun = 0;
  uint64_t full = 0;         // times that the buffer became full
  uint64_t wrapped = 0;      // sub-buffers overwritten that were not given back
  uint64_t overwritten = 0;  // records in these
};

class PositionArea {
 public:
  // Throws std::runtime_error if the area is not one, with what is wrong.
  explicit PositionArea(std::span<const std::byte> area);

  // What is wrong with an area, if anything. It is in native byte order: it is live memory.
  static std::optional<ParseFault> Check(std::span<const std::byte> area);

  uint32_t CpuCount() const { return n_cpus_; }
  const BootId& Boot() const { return boot_id_; }

  SequenceNumber Sequence() const;                            // R1
  std::optional<SequenceNumber> Pending(uint32_t cpu) const;  // R2; nothing if none is pending
  CpuCounters Counters(uint32_t cpu) const;                   // R3
  uint64_t Begun(uint32_t cpu) const;                         // R5: after what was copied before
  SequenceNumber Taken() const;                               // what a consumer has answered for

 private:
  const std::byte* Cpu(uint32_t cpu) const;

  std::span<const std::byte> area_;
  uint32_t header_size_;
  uint32_t cpu_size_;
  uint32_t n_cpus_;
  BootId boot_id_;
};

}  // namespace s390log
