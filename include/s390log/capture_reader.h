// SPDX-License-Identifier: MIT
// Reads a capture: the files of all CPUs as one stream in the exact order of the numbers, by the
// same merger and ledger as the live channel. On any host, and in either byte order.
//
// What can be read is read; what cannot is told to the handler, with file and offset, when the
// stream gets there. Numbers are yielded in three stretches:
//
// - up to `low` of the captured positions, where all is settled: a number that is not there is
//   lost, with its cause;
// - what is in the files beyond (of a capture that was killed, all since the positions were last
//   saved; without positions, everything): a number that is not there was either lost, with its
//   cause, or is kNotCaptured;
// - up to the last number that the positions know to have been emitted: kNotCaptured.
//
// Memory: one sub-buffer for each CPU. Not thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "s390log/capture_cursor.h"
#include "s390log/capture_fault.h"
#include "s390log/capture_positions.h"
#include "s390log/item.h"
#include "s390log/loss_ledger.h"
#include "s390log/merger.h"

namespace s390log {

class CaptureReader : public ItemSource {
 public:
  // Throws std::system_error if the folder cannot be read, and std::runtime_error if there is no
  // capture in it.
  CaptureReader(const std::string& folder, CaptureFaultHandler on_fault);
  CaptureReader(const CaptureReader&) = delete;
  CaptureReader& operator=(const CaptureReader&) = delete;

  // A record is valid until the next call.
  std::optional<Item> Next() override;

  const BootId& Boot() const { return boot_id_; }

  // Numbers from before the capture.
  uint64_t Before() const { return merger_->Before(); }

  // Once Next() has yielded everything: the last number that is known to have been emitted, and
  // whether the positions say so. If not, there are none, or they are older than the files.
  SequenceNumber Emitted() const;
  bool EndIsKnown() const;

 private:
  enum class Stretch { kBegin, kSettled, kBeyond, kRest, kEnd };

  void LoadPositions(const CaptureListing& listing);
  std::optional<CaptureEpoch> ChooseEpoch(const CaptureListing& listing);
  void MakeCursors(const CaptureListing& listing, const CaptureEpoch& epoch);
  void ReportMissingFiles(const std::string& folder, const CaptureListing& listing);
  SequenceNumber StartAll();
  void EnterNext();

  CaptureFaultHandler on_fault_;
  std::optional<CapturedPositions> positions_;
  BootId boot_id_;
  LossLedger ledger_;
  std::vector<std::unique_ptr<CaptureCursor>> cursors_;
  std::unique_ptr<Merger> merger_;
  Stretch stretch_ = Stretch::kBegin;
};

}  // namespace s390log
