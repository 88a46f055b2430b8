// SPDX-License-Identifier: MIT
// Copies the live buffer of one CPU, as an observer, into the files of a capture.
//
// R4 and R5 of <linux/s390_log.h>: what is new is copied first, and goes into the file only if the
// writer had not begun the sub-buffer that takes its place. If it had, the tap goes on with the
// oldest sub-buffer that is left, and the `records` of its header tells any reader how many are
// missing.
//
// The sub-buffer that is being written goes into the file as it grows. Its `used` follows when the
// writer has left it, and stays 0 if the writer came round before all of it was copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "s390log/capture_writer.h"
#include "s390log/channel.h"
#include "s390log/position_area.h"

namespace s390log {

class CaptureTap {
 public:
  // All that it is given outlives the tap.
  CaptureTap(uint32_t cpu, const Geometry& geometry, const PositionArea& positions,
             CaptureWriter& writer);

  // The CPU has a buffer: begin with the oldest sub-buffer that is left.
  void Start(std::span<const std::byte> buffer);
  // The CPU had written nothing when the capture began: begin with its first sub-buffer. If nothing
  // of that can be copied any more, the file says so by an empty one.
  void StartAtFirst(std::span<const std::byte> buffer);
  bool Started() const { return !buffer_.empty(); }

  // Everything below the writer's position goes into the file.
  void Copy(uint64_t position);

  uint64_t End() const { return end_; }          // the position at which the copy ends
  uint64_t Records() const { return records_; }  // copied
  // Records that were overwritten too soon. Known when what follows is copied.
  uint64_t Missed() const { return missed_; }

 private:
  uint64_t Base() const { return number_ * geometry_.subbuf_size; }
  bool Lapped() const { return positions_.Begun(cpu_) > number_ + geometry_.n_subbufs; }
  std::span<const std::byte> Live() const;
  uint32_t LiveUsed() const;
  void Enter(uint64_t number);
  void Jump();
  void SaveEmptyFirst();
  void Save(size_t end);
  void CloseAt(size_t used);
  void CountRecords();

  uint32_t cpu_;
  Geometry geometry_;
  const PositionArea& positions_;
  CaptureWriter& writer_;
  std::span<const std::byte> buffer_;

  uint64_t number_ = 0;          // of the current sub-buffer
  std::vector<std::byte> copy_;  // its first bytes
  size_t copied_ = 0;            // so many, and they are in the file
  size_t counted_ = 0;           // records in the first bytes are counted
  bool malformed_ = false;       // and those that follow cannot be
  uint64_t skip_ahead_ = 0;      // sub-buffers to leave to the writer, who has been too quick
  bool from_first_ = false;
  uint64_t end_ = 0;

  std::optional<uint64_t> ordinal_;  // records of this CPU up to the end of the copy
  uint64_t records_ = 0;
  uint64_t missed_ = 0;
};

}  // namespace s390log
