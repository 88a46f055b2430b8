// SPDX-License-Identifier: MIT
// Merges the buffers of all CPUs into one stream in the exact order of the numbers.
//
// Look() takes a picture of the position area in the order R1, R2, R3 of <linux/s390_log.h>; Next()
// then yields every number up to `low` once, as a record or as missing. Numbers above `low` wait
// for the next Look(). Records are views into the mapping and stay valid until GiveBack().
//
// A malformed record ends the reading of its sub-buffer: what follows in it cannot be found. Its
// numbers come out as missing, the fault is counted, and the next sub-buffer is read again.
//
// Not thread-safe: one thread reads. Writers run beside it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "s390log/channel.h"
#include "s390log/cpu_cursor.h"
#include "s390log/item.h"
#include "s390log/loss_cause.h"
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
  std::optional<Item> Next() override;

  SequenceNumber Emitted() const { return emitted_; }            // R1 of the last Look()
  SequenceNumber Low() const { return low_; }                    // R2 of the last Look()
  SequenceNumber Delivered() const { return next_.Previous(); }  // all up to here has been yielded

  // The kernel's count at this moment.
  SequenceNumber EmittedNow() const { return positions_.Sequence(); }

  // Numbers that a former consumer has answered for, see former_consumer.h.
  uint64_t Before() const { return before_; }

  // Everything up to `taken` is safe elsewhere: gives back the sub-buffers that hold nothing above.
  void GiveBack(SequenceNumber taken);
  void Flush() { channel_.Flush(); }
  // A record was yielded from a sub-buffer that is still being written, and so cannot be given
  // back.
  bool InsideOpenSubbuf() const;

  const BootId& Boot() const { return positions_.Boot(); }
  std::vector<CpuReport> Cpus() const;
  uint64_t FaultCount() const { return fault_count_; }
  const std::optional<ParseFault>& LastFault() const { return last_fault_; }

 private:
  struct Head {
    SequenceNumber sequence;
    uint32_t cpu;
    bool operator>(const Head& other) const { return sequence > other.sequence; }
  };

  void LoadPositions();
  void Start(uint32_t cpu, const CpuCounters& counters);
  void RejectImpossibleHeads();
  void PushHead(uint32_t cpu);
  Record PopHead();
  std::optional<Item> Hole(SequenceNumber last);
  void OnFault(uint32_t cpu, const ParseFault& fault);

  Channel& channel_;
  PositionArea positions_;
  std::vector<CpuCursor> cursors_;
  std::vector<CpuCounters> counters_;
  std::vector<uint64_t> given_back_;
  std::vector<Head> heads_;  // a heap, smallest number first; at most one per CPU
  LossLedger ledger_;

  bool looked_ = false;
  SequenceNumber emitted_;
  SequenceNumber low_;
  SequenceNumber next_{1};
  SequenceNumber first_{1};  // missing numbers below it are not ours
  uint64_t before_ = 0;
  uint64_t fault_count_ = 0;
  std::optional<ParseFault> last_fault_;
};

}  // namespace s390log
