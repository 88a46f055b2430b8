// SPDX-License-Identifier: MIT
// Records a channel into a folder: one file per CPU, and the positions. It observes: whoever
// consumes the channel goes on as before.
//
// Not thread-safe: one thread records. Writers run beside it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "s390log/capture_positions.h"
#include "s390log/capture_tap.h"
#include "s390log/capture_writer.h"
#include "s390log/channel.h"
#include "s390log/position_area.h"

namespace s390log {

// One CPU, for those who watch. All count from the beginning of the capture.
struct CaptureReport {
  uint32_t cpu;
  uint64_t records;  // in the files, or in files deleted since
  uint64_t bytes;    // the same
  uint64_t missed;   // records that were overwritten before they were copied
  uint64_t dropped;  // records that the kernel had no room for
};

class CaptureRecorder {
 public:
  // Rounds at the end, as long as a writer comes round during each.
  static constexpr int kMaxLastRounds = 8;

  // Makes the folder. Throws std::runtime_error if there is a capture in it already, and
  // std::system_error. The channel outlives the recorder.
  CaptureRecorder(Channel& channel, const std::string& folder, const CaptureLimits& limits);

  // Copies what has been written by now. False: a writer came round meanwhile, and some of that is
  // not there. Throws std::system_error if a file cannot be written: what was copied before stays
  // readable.
  bool Round();

  // What a replay wants to know of the last round.
  void SavePositions();

  // The last rounds and positions; and all of it on the disk.
  void Finish();

  SequenceNumber Emitted() const { return look_.sequence; }  // by the last round
  // All that was emitted by then is copied, or lost.
  bool Settled() const { return look_.low == look_.sequence; }
  const BootId& Boot() const { return positions_.Boot(); }
  std::vector<CaptureReport> Cpus() const;

 private:
  struct Cpu {
    Cpu(uint32_t cpu, const Geometry& geometry, const PositionArea& positions,
        const std::string& folder, const CaptureLimits& limits)
        : writer(folder, cpu, geometry.subbuf_size, limits),
          tap(cpu, geometry, positions, writer) {}

    CaptureWriter writer;
    CaptureTap tap;
    uint64_t lost_before = 0;  // drops that the kernel had counted at the first round
  };

  std::span<const std::byte> BufferOf(uint32_t cpu);

  Channel& channel_;
  std::string folder_;
  PositionArea positions_;
  std::vector<std::unique_ptr<Cpu>> cpus_;
  CapturedPositions look_;
  bool looked_ = false;
};

}  // namespace s390log
