// SPDX-License-Identifier: MIT
// Walks the sub-buffers of one CPU through the files of a capture.
//
// Files are read, not mapped: a bad disk or a file that shrinks is an error that can be named, and
// not a signal. One sub-buffer at a time is in memory.
//
// What is damaged is told to the handler; stretches of the same damage as one fault. After damage
// the next sub-buffer is looked for at the next multiple of the size of one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "s390log/boot_id.h"
#include "s390log/capture_fault.h"
#include "s390log/capture_files.h"
#include "s390log/subbuf_header.h"
#include "s390log/unique_fd.h"

namespace s390log {

// What all sub-buffers of a capture have in common.
struct CaptureEpoch {
  BootId boot_id;
  uint32_t subbuf_size;
};

struct CapturedSubbuf {
  SubbufHeader header;
  std::span<const std::byte> in_use;  // header included; valid until the next one is asked for
  bool after_damage;                  // between the one before and this one, or in the one before
  bool open;  // not copied to its end: it ends with the file, or where a length is 0
  // No record in it has as high a number as this, by the header that follows it.
  std::optional<SequenceNumber> following;
};

class CaptureSubbufs {
 public:
  CaptureSubbufs(uint32_t cpu, std::vector<CapturePart> parts, const CaptureEpoch& epoch,
                 CaptureFaultHandler on_fault);

  // The next whose header can be read.
  std::optional<CapturedSubbuf> Next();

  // Something is wrong with the current sub-buffer at `offset`, and `skipped` bytes are passed
  // over.
  void Report(size_t offset, uint64_t skipped, std::string what);
  // The files should not end here.
  void ReportEnd(uint64_t missing);

  // Whether anything has been reported since the last sub-buffer began.
  bool TakeDamage() { return std::exchange(damaged_, false); }

 private:
  static constexpr size_t kHeaderSize = 96;
  using HeaderBytes = std::array<std::byte, kHeaderSize>;

  bool OpenNext();
  void CheckIndex(const CapturePart& part);
  size_t ReadAt(uint64_t offset, std::span<std::byte> to);
  std::optional<SubbufHeader> ReadHeader();
  std::optional<ParseFault> Check(const SubbufHeader& header) const;
  CapturedSubbuf ReadUse(const SubbufHeader& header);
  std::optional<SequenceNumber> Following();
  void SkipHole();
  void Pend(CaptureFault fault);
  void Flush();

  uint32_t cpu_;
  std::vector<CapturePart> parts_;
  CaptureEpoch epoch_;
  CaptureFaultHandler on_fault_;

  size_t next_part_ = 0;
  UniqueFd fd_;
  uint64_t file_size_ = 0;
  uint64_t base_ = 0;  // of the current sub-buffer
  uint64_t next_ = 0;  // of the next one
  HeaderBytes header_{};
  std::vector<std::byte> bytes_;
  bool damaged_ = false;
  std::optional<CaptureFault> fault_;  // not told yet: it may get longer
};

// The first header in the files that belongs to a capture; with `boot_id`, of that time.
std::optional<CaptureEpoch> FindEpoch(const std::vector<CapturePart>& parts,
                                      const std::optional<BootId>& boot_id);

}  // namespace s390log
