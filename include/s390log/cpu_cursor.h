// SPDX-License-Identifier: MIT
// Where a reader is in the buffer of one CPU.
//
// Zero-copy: records are views into the buffer. A sub-buffer that has been read to its end is kept
// on a short list with its last number until the consumer has taken that number; only then may it
// be given back.
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

#include "s390log/boot_id.h"
#include "s390log/channel.h"
#include "s390log/record.h"

namespace s390log {

class CpuCursor {
 public:
  using FaultHandler = std::function<void(uint32_t cpu, uint64_t subbuf, const ParseFault& fault)>;

  CpuCursor(uint32_t cpu, const Geometry& geometry, const BootId& boot_id, FaultHandler on_fault);

  // Begin with sub-buffer `first`: all before it are given back.
  void Start(std::span<const std::byte> buffer, uint64_t first);
  bool Started() const { return !buffer_.empty(); }

  // The writer's position has been loaded.
  void Extend(uint64_t position) { position_ = position; }

  // The next record below the position, if there is one; Pop() passes it.
  const Record* Peek();
  void Pop();
  // The record that Peek() shows cannot be true: it and the rest of its sub-buffer are passed over.
  void Reject();

  // All sub-buffers below this number may be given back: everything up to `taken`, which never
  // falls, is safe. `emitted` is R1 of the look that Extend() is from. See AnsweredAt().
  uint64_t Finished(SequenceNumber taken, SequenceNumber emitted);

  // Bytes below the position that are not passed yet, padding included.
  uint64_t Unread() const;

  // A record was passed in the sub-buffer that is still being written. Such a one cannot be given
  // back, and the next consumer would read it again.
  bool InsideOpenSubbuf() const { return popped_here_; }

 private:
  // A sub-buffer that was read to its end.
  struct Done {
    uint64_t number;
    SequenceNumber last;
  };

  // Giving a sub-buffer back says to the next consumer that all numbers before the following
  // sub-buffer are answered for, drops in between included (former_consumer.h relies on it). So
  // not its own last number counts, but the first of the one that follows; while none follows,
  // which is so after a drop, it is everything emitted until now.
  SequenceNumber AnsweredAt(const Done& done, SequenceNumber emitted) const;

  void ReadHeader();
  void ReadRecord(size_t end);
  void LeaveSubbuf();
  bool Complete() const;  // the writer has left the current sub-buffer
  size_t EndOfUse();      // of what may be read of it now
  void Fail(const ParseFault& fault);
  uint64_t Base() const;  // position of its first byte
  std::span<const std::byte> Subbuf(uint64_t number) const;

  uint32_t cpu_;
  Geometry geometry_;
  BootId boot_id_;
  FaultHandler on_fault_;

  std::span<const std::byte> buffer_;
  uint64_t position_ = 0;
  uint64_t subbuf_ = 0;  // number of the current sub-buffer
  size_t offset_ = 0;    // of the next record in it; 0: its header is not yet read
  bool skip_ = false;    // it is malformed from here on: pass over the rest
  bool popped_here_ = false;
  ByteOrder order_ = kNativeOrder;
  SequenceNumber last_;  // last number passed
  std::optional<Record> head_;
  size_t head_end_ = 0;
  uint64_t finished_ = 0;
  std::deque<Done> done_;  // at most n_subbufs: the writer cannot lap what is not given back
};

}  // namespace s390log
