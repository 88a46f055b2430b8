// SPDX-License-Identifier: MIT
// Reads a live channel: the buffers of all CPUs as one stream in the exact order of the numbers.
//
// Look() takes a picture of the position area in the order R1, R2, R3 of <linux/s390_log.h>; Next()
// then yields every number up to `low` once, as a record or as missing. Numbers above `low` wait
// for the next Look().
//
// A malformed record ends the reading of its sub-buffer: what follows in it cannot be found. Its
// numbers come out as missing, the fault is counted, and the next sub-buffer is read again.
//
// The consumer begins behind what former consumers have answered for, and names what was lost
// since. An observer begins with what is there.
//
// Not thread-safe: one thread reads. Writers run beside it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "s390log/channel.h"
#include "s390log/cpu_cursor.h"
#include "s390log/item.h"
#include "s390log/loss_ledger.h"
#include "s390log/merger.h"
#include "s390log/position_area.h"

namespace s390log {

// One CPU, for statistics.
struct CpuReport {
  uint32_t cpu;
  CpuCounters counters;
  uint64_t unread_bytes;
};

class ChannelReader : public ItemSource {
 public:
  // Throws if the channel is not one. The channel outlives the reader.
  explicit ChannelReader(Channel& channel);
  ChannelReader(const ChannelReader&) = delete;
  ChannelReader& operator=(const ChannelReader&) = delete;

  void Look();
  // A record is valid until the next call of Next(), Look() or SetMode(), and of GiveBack() for its
  // number.
  std::optional<Item> Next() override { return merger_.Next(); }

  SequenceNumber Emitted() const { return emitted_; }               // R1 of the last Look()
  SequenceNumber Low() const { return merger_.Low(); }              // R2 of the last Look()
  SequenceNumber Delivered() const { return merger_.Delivered(); }  // all up to here was yielded

  // The kernel's count at this moment.
  SequenceNumber EmittedNow() const { return positions_.Sequence(); }

  // Numbers that a former consumer has answered for; for an observer, those from before its time.
  uint64_t Before() const { return merger_.Before(); }

  // Consumer: everything up to `taken` is safe elsewhere. Says so to the kernel, and gives back the
  // sub-buffers that hold nothing above.
  void GiveBack(SequenceNumber taken);

  ChannelMode Mode() const { return channel_.Mode(); }
  // Consumer: changes what a full buffer does, and how it is read. No record is read twice or lost
  // by that.
  void SetMode(ChannelMode mode);

  const Geometry& GetGeometry() const { return channel_.GetGeometry(); }
  uint64_t ChannelMemory() const { return channel_.Memory(); }
  const BootId& Boot() const { return positions_.Boot(); }
  std::vector<CpuReport> Cpus() const;
  uint64_t FaultCount() const { return fault_count_; }
  const std::optional<ParseFault>& LastFault() const { return last_fault_; }

 private:
  void LoadPositions();
  void Start(uint32_t cpu, const CpuCounters& counters);
  void OnFault(uint32_t cpu, const ParseFault& fault);
  std::vector<RecordSource*> Sources() const;

  Channel& channel_;
  PositionArea positions_;
  LossLedger ledger_;
  std::vector<std::unique_ptr<CpuCursor>> cursors_;
  std::vector<CpuCounters> counters_;
  std::vector<uint64_t> given_back_;
  Merger merger_;

  bool looked_ = false;
  SequenceNumber emitted_;
  SequenceNumber taken_;
  SequenceNumber bound_;  // of an observer, see Merger::Begin()
  uint64_t fault_count_ = 0;
  std::optional<ParseFault> last_fault_;
};

}  // namespace s390log
