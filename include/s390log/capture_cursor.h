// SPDX-License-Identifier: MIT
// Where a replay is in the captured records of one CPU.
//
// What is missing between two sub-buffers is counted by their headers: `records`, against the
// records that were there, and `lost`. The ledger hears of it when the cursor passes from one to
// the other, and so before any number that it explains can be found missing.
//
// The headers are not believed without need: a count that the numbers leave no room for is a fault,
// and a damaged word costs no more than the sub-buffer in which it is.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "s390log/capture_positions.h"
#include "s390log/capture_subbufs.h"
#include "s390log/loss_ledger.h"
#include "s390log/record.h"
#include "s390log/record_source.h"

namespace s390log {

class CaptureCursor : public RecordSource {
 public:
  // `end` is how the CPU stood at the end of the capture, if that is known. The ledger outlives the
  // cursor.
  CaptureCursor(uint32_t cpu, CaptureSubbufs subbufs, const CapturedPositions* end,
                LossLedger& ledger);

  // Reads the first header. The highest number that may be missing before; nothing if there is no
  // header, and if what is damaged may have been the first sub-buffer.
  std::optional<SequenceNumber> Start();

  const Record* Peek() override;
  void Pop() override;
  void Reject() override;

  // Of another CPU, the same number was found, too.
  void ReportRepeat();

  bool Found() const { return last_number_.has_value(); }  // any sub-buffer
  bool BeyondEnd() const { return beyond_end_; }           // more than `end` says

 private:
  SequenceNumber FirstNumber() const;
  bool Enter();
  void Begin(const CapturedSubbuf& subbuf);
  SequenceNumber UpperOf(const CapturedSubbuf& subbuf) const;
  bool ComesAgain(const SubbufHeader& header) const;
  void Account(const CapturedSubbuf& subbuf);
  void Lose(LossKind kind, uint64_t count, SequenceNumber before);
  void TellLosses();
  void End();
  void ReadRecord();
  bool Unwritten() const;
  void Fail(FaultKind kind, size_t offset);

  uint32_t cpu_;
  CaptureSubbufs subbufs_;
  const CapturedPositions* end_;
  LossLedger& ledger_;

  std::optional<CapturedSubbuf> subbuf_;  // the current one
  std::optional<RecordParser> parser_;    // behind its header; nothing: enter it, or the next
  std::optional<Record> head_;
  size_t head_at_ = 0;
  SequenceNumber last_;   // last number passed
  SequenceNumber upper_;  // no number in the current sub-buffer can be higher

  std::optional<uint64_t> last_number_;  // of the sub-buffer before
  uint64_t end_position_ = 0;            // where that ends
  bool short_ = false;                   // it was not copied to its end
  std::optional<uint64_t> ordinal_;      // records of this CPU before the next one
  std::optional<uint64_t> lost_;         // drops of this CPU before the current sub-buffer
  std::vector<Overwritten> losses_;      // since the last record: to be told before the next one
  bool ended_ = false;
  bool beyond_end_ = false;
};

}  // namespace s390log
