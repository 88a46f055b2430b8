// SPDX-License-Identifier: MIT
#include "s390log/capture_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace s390log {
namespace {

// More than kMaxCaptureCpus CPUs take.
constexpr size_t kMaxPositions = 4 << 20;

std::vector<std::byte> ReadPositions(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<std::byte> bytes(kMaxPositions);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<size_t>(std::max<std::streamsize>(0, file.gcount())));
  return bytes;
}

}  // namespace

CaptureReader::CaptureReader(const std::string& folder, CaptureFaultHandler on_fault)
    : on_fault_(std::move(on_fault)) {
  const CaptureListing listing = ListCapture(folder);
  if (listing.Empty()) {
    throw std::runtime_error(fmt::format("{} holds no capture: there is no file cpu0", folder));
  }
  LoadPositions(listing);
  const auto epoch = ChooseEpoch(listing);
  if (!epoch && !positions_) {
    throw std::runtime_error(fmt::format("nothing in {} can be read as a capture", folder));
  }
  boot_id_ = epoch ? epoch->boot_id : positions_->boot_id;
  // Without any header the size of a sub-buffer does not matter.
  MakeCursors(listing, epoch.value_or(CaptureEpoch{boot_id_, 4096}));
  ReportMissingFiles(folder, listing);
  std::vector<RecordSource*> sources;
  for (const auto& cursor : cursors_) sources.push_back(cursor.get());
  merger_ = std::make_unique<Merger>(std::move(sources), ledger_,
                                     [this](size_t source) { cursors_[source]->ReportRepeat(); });
  merger_->Begin(SequenceNumber(), StartAll());
}

void CaptureReader::LoadPositions(const CaptureListing& listing) {
  if (!listing.positions) return;
  const auto parsed = ParsePositions(ReadPositions(*listing.positions));
  if (const ParseFault* fault = std::get_if<ParseFault>(&parsed)) {
    on_fault_({*listing.positions, fault->offset, 0, std::string(NameOf(fault->kind))});
  } else {
    positions_ = std::get<CapturedPositions>(parsed);
  }
}

// Sub-buffers of another boot id than the one that is chosen are faults.
std::optional<CaptureEpoch> CaptureReader::ChooseEpoch(const CaptureListing& listing) {
  std::optional<CaptureEpoch> first;
  for (const auto& [cpu, parts] : listing.cpus) {
    if (positions_) {
      if (const auto epoch = FindEpoch(parts, positions_->boot_id)) return epoch;
    }
    if (!first) first = FindEpoch(parts, std::nullopt);
    if (first && !positions_) return first;
  }
  if (first) {
    on_fault_({*listing.positions, 0x18, 0, std::string(NameOf(FaultKind::kForeignBoot))});
    positions_.reset();
  }
  return first;
}

void CaptureReader::MakeCursors(const CaptureListing& listing, const CaptureEpoch& epoch) {
  const CapturedPositions* end = positions_ ? &*positions_ : nullptr;
  for (const auto& [cpu, parts] : listing.cpus) {
    CaptureSubbufs subbufs(cpu, parts, epoch, on_fault_);
    cursors_.push_back(std::make_unique<CaptureCursor>(cpu, std::move(subbufs), end, ledger_));
  }
}

void CaptureReader::ReportMissingFiles(const std::string& folder, const CaptureListing& listing) {
  if (!positions_) return;
  for (uint32_t cpu = 0; cpu < positions_->cpus.size(); ++cpu) {
    if (positions_->cpus[cpu].position == 0 || listing.cpus.contains(cpu)) continue;
    on_fault_({folder + "/" + CapturePartName(cpu, std::nullopt), 0, 0, "is not there"});
    ledger_.AddUnreadable(cpu);
  }
}

// Where the capture begins: what is missing below was before its time.
SequenceNumber CaptureReader::StartAll() {
  SequenceNumber bound;
  for (const auto& cursor : cursors_) {
    bound = std::max(bound, cursor->Start().value_or(SequenceNumber()));
  }
  if (cursors_.empty() && positions_) bound = positions_->low;
  return bound;
}

std::optional<Item> CaptureReader::Next() {
  while (true) {
    if (auto item = merger_->Next()) return item;
    if (stretch_ == Stretch::kEnd) return std::nullopt;
    EnterNext();
  }
}

void CaptureReader::EnterNext() {
  switch (stretch_) {
    case Stretch::kBegin:
      stretch_ = Stretch::kSettled;
      merger_->SetLow(positions_ ? positions_->low : SequenceNumber());
      break;
    case Stretch::kSettled:
      stretch_ = Stretch::kBeyond;
      ledger_.EndCapture();
      merger_->SetEnded();
      break;
    case Stretch::kBeyond:
      stretch_ = Stretch::kRest;
      merger_->SetLow(Emitted());
      break;
    case Stretch::kRest:
    case Stretch::kEnd:
      stretch_ = Stretch::kEnd;
      break;
  }
}

SequenceNumber CaptureReader::Emitted() const {
  const SequenceNumber seen = merger_->Delivered();
  return positions_ ? std::max(seen, positions_->sequence) : seen;
}

bool CaptureReader::EndIsKnown() const {
  return positions_ && std::none_of(cursors_.begin(), cursors_.end(),
                                    [](const auto& cursor) { return cursor->BeyondEnd(); });
}

}  // namespace s390log
