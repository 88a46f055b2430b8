// SPDX-License-Identifier: MIT
// Where a reader is in the live buffer of one CPU.
//
// In place: while the writer cannot come round (the consumer in no-overwrite mode), records are
// views into the mapping. By copy: otherwise, what is new in a sub-buffer is copied first, and the
// copy is used only if the writer had not begun the sub-buffer that takes its place (R4, R5 of
// <linux/s390_log.h>). If it had, the cursor goes on with the oldest sub-buffer that is left, and
// tells the ledger how many records it missed and between which numbers.
//
// Only bytes below the position that Extend() was told are touched. The `used` word of a sub-buffer
// is read once the position has left it: the writer sets `used` before it moves the position on,
// and the position was loaded with acquire. A sub-buffer that was filled to its last byte may still
// have `used` == 0 while the position is exactly at its end; it is then all in use.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "s390log/channel.h"
#include "s390log/loss_ledger.h"
#include "s390log/position_area.h"
#include "s390log/record.h"
#include "s390log/record_source.h"
#include "s390log/subbuf_header.h"

namespace s390log {

class CpuCursor : public RecordSource {
 public:
  using FaultHandler = std::function<void(uint32_t cpu, const ParseFault& fault)>;

  // All that it is given outlives the cursor.
  CpuCursor(uint32_t cpu, const Geometry& geometry, const PositionArea& positions,
            LossLedger& ledger, FaultHandler on_fault);

  // Begin with sub-buffer `first`. Its header, or the oldest or newest one that is there; nothing
  // if that is malformed.
  std::optional<SubbufHeader> Start(std::span<const std::byte> buffer, uint64_t first);
  bool Started() const { return !buffer_.empty(); }

  // Begin with the oldest sub-buffer that is left, and its header.
  std::optional<SubbufHeader> StartAtOldest(std::span<const std::byte> buffer);

  // The writer's position has been loaded.
  void Extend(uint64_t position) { position_ = position; }

  // From here on the writer cannot come round, and records may be used in place.
  void UseInPlace() { in_place_ = true; }
  // The writer is about to be allowed to come round; it is not yet.
  void UseCopies();

  const Record* Peek() override;
  void Pop() override;
  void Reject() override;

  // All sub-buffers below this number may be given back: everything up to `taken` is safe.
  uint64_t Finished(SequenceNumber taken);

  // Bytes below the position that are not passed yet, padding included.
  uint64_t Unread() const;

 private:
  // Numbers of this CPU up to `last` are all that lie below sub-buffer `end`.
  struct Done {
    uint64_t end;
    SequenceNumber last;
  };

  bool Fetch();
  bool FetchCopy();
  bool Lapped() const;
  uint64_t Oldest() const;
  uint64_t Newest() const;
  std::optional<SubbufHeader> EnterOldest();
  void Jump();
  std::optional<SubbufHeader> CopyHeader(uint64_t number) const;
  void Enter(uint64_t number);
  void ReadHeader();
  void ReadRecord(size_t end);
  uint32_t Used() const;
  bool Complete() const;  // the writer has left the current sub-buffer
  size_t EndOfUse();      // of what may be read of it now
  void Fail(const ParseFault& fault);
  uint64_t Base() const { return subbuf_ * geometry_.subbuf_size; }
  std::span<const std::byte> InBuffer(uint64_t number) const;
  std::span<const std::byte> Current() const;

  uint32_t cpu_;
  Geometry geometry_;
  const PositionArea& positions_;
  LossLedger& ledger_;
  FaultHandler on_fault_;

  std::span<const std::byte> buffer_;
  uint64_t position_ = 0;
  uint64_t subbuf_ = 0;              // number of the current sub-buffer
  size_t offset_ = 0;                // of the next record in it; 0: its header is not yet read
  bool skip_ = false;                // it is malformed from here on: pass over the rest
  SequenceNumber last_;              // last number passed
  std::optional<uint64_t> ordinal_;  // records of this CPU before the next one
  std::optional<Record> head_;
  size_t head_end_ = 0;

  bool in_place_ = false;       // sub-buffers that are entered from now on
  bool here_in_place_ = false;  // the current one
  std::vector<std::byte> copy_;
  size_t copied_ = 0;        // bytes of the current sub-buffer that are in the copy
  uint64_t skip_ahead_ = 0;  // sub-buffers to leave to the writer, who has been too quick

  uint64_t finished_ = 0;
  std::deque<Done> done_;  // passed and not yet taken
};

}  // namespace s390log
