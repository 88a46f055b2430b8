// SPDX-License-Identifier: MIT
#include "s390log/channel_reader.h"

#include <algorithm>
#include <stdexcept>

#include "s390log/failpoint.h"

namespace s390log {
namespace {

std::vector<std::unique_ptr<CpuCursor>> CursorsOf(Channel& channel, const PositionArea& positions,
                                                  LossLedger& ledger,
                                                  const CpuCursor::FaultHandler& on_fault) {
  const Geometry& geometry = channel.GetGeometry();
  if (positions.CpuCount() != geometry.n_cpus || geometry.n_subbufs == 0) {
    throw std::runtime_error("s390_log: the geometry does not fit the position area");
  }
  const bool in_place = channel.Consumes() && channel.Mode() == ChannelMode::kNoOverwrite;
  std::vector<std::unique_ptr<CpuCursor>> cursors;
  for (uint32_t cpu = 0; cpu < geometry.n_cpus; ++cpu) {
    cursors.push_back(std::make_unique<CpuCursor>(cpu, geometry, positions, ledger, on_fault));
    if (in_place) cursors.back()->UseInPlace();
  }
  return cursors;
}

}  // namespace

ChannelReader::ChannelReader(Channel& channel)
    : channel_(channel),
      positions_(channel.Positions()),
      cursors_(CursorsOf(channel, positions_, ledger_,
                         [this](uint32_t cpu, const ParseFault& fault) { OnFault(cpu, fault); })),
      counters_(cursors_.size()),
      given_back_(cursors_.size()),
      merger_(Sources(), ledger_, [this](size_t source) {
        OnFault(static_cast<uint32_t>(source), {FaultKind::kSequenceNotRising, 0});
      }) {}

std::vector<RecordSource*> ChannelReader::Sources() const {
  std::vector<RecordSource*> sources;
  for (const auto& cursor : cursors_) sources.push_back(cursor.get());
  return sources;
}

void ChannelReader::OnFault(uint32_t cpu, const ParseFault& fault) {
  ++fault_count_;
  last_fault_ = fault;
  ledger_.AddUnreadable(cpu);
}

// The order of the loads is the protocol: R1, R2, R3.
void ChannelReader::Look() {
  emitted_ = positions_.Sequence();
  SequenceNumber low = emitted_;
  for (uint32_t cpu = 0; cpu < cursors_.size(); ++cpu) {
    if (const auto pending = positions_.Pending(cpu)) low = std::min(low, pending->Previous());
  }
  // What was below a position in an earlier look had its number before this look's R1.
  merger_.RejectAbove(emitted_);
  if (!looked_ && channel_.Consumes()) taken_ = positions_.Taken();
  LoadPositions();
  if (!looked_) {
    merger_.Begin(taken_, bound_);
    looked_ = true;
  }
  merger_.SetLow(low);
}

void ChannelReader::LoadPositions() {
  for (uint32_t cpu = 0; cpu < cursors_.size(); ++cpu) {
    const CpuCounters counters = positions_.Counters(cpu);
    if (!cursors_[cpu]->Started()) Start(cpu, counters);
    ledger_.AddDropped(cpu, counters.lost - counters_[cpu].lost);
    counters_[cpu] = counters;
    cursors_[cpu]->Extend(
        std::min(counters.position, counters.begun * channel_.GetGeometry().subbuf_size));
    // An observer gives nothing back, and need not remember what it has passed.
    if (!channel_.Consumes()) cursors_[cpu]->Finished(Delivered());
  }
}

// A CPU without a position has written nothing; it may never have been online, or will be later.
// Only at the first look can others have been here before.
void ChannelReader::Start(uint32_t cpu, const CpuCounters& counters) {
  if (counters.position == 0) return;
  const std::span<const std::byte> buffer = channel_.Buffer(cpu);
  const Geometry& geometry = channel_.GetGeometry();
  if (buffer.size() < size_t{geometry.subbuf_size} * geometry.n_subbufs) {
    throw std::runtime_error("s390_log: a CPU has a position but not the buffer to it");
  }
  if (!channel_.Consumes() && !looked_) {
    const std::optional<SubbufHeader> header = cursors_[cpu]->StartAtOldest(buffer);
    if (!header) return;
    counters_[cpu].lost = std::min(counters.lost, header->lost);
    if (header->number > 0) bound_ = std::max(bound_, header->first_sequence.Previous());
    return;
  }
  const uint64_t first = channel_.Consumes() ? counters.consumed : 0;
  const std::optional<SubbufHeader> header = cursors_[cpu]->Start(buffer, first);
  given_back_[cpu] = first;
  if (looked_) return;
  uint64_t lost = first > 0 ? header ? header->lost : counters.lost : 0;
  // Before the sub-buffer began, and not answered for.
  if (header && header->number == first && header->first_sequence > taken_.Next())
    lost -= std::min(lost, CountOf(taken_.Next(), header->first_sequence.Previous()));
  const uint64_t most = positions_.Sequence().Value() - taken_.Value();
  counters_[cpu].lost = counters.lost - std::min(counters.lost - lost, most);
}

void ChannelReader::GiveBack(SequenceNumber taken) {
  if (taken > taken_) {
    channel_.Take(taken);
    taken_ = taken;
    Failpoint("kernel-taken");
  }
  for (uint32_t cpu = 0; cpu < cursors_.size(); ++cpu) {
    if (!cursors_[cpu]->Started()) continue;
    const uint64_t finished = cursors_[cpu]->Finished(taken_);
    if (finished == given_back_[cpu]) continue;
    channel_.GiveBack(cpu, finished);
    given_back_[cpu] = finished;
  }
}

// While records are read in place, no writer may come round.
void ChannelReader::SetMode(ChannelMode mode) {
  if (mode == ChannelMode::kOverwrite) {
    for (const auto& cursor : cursors_) cursor->UseCopies();
    channel_.SetMode(mode);
  } else {
    channel_.SetMode(mode);
    for (const auto& cursor : cursors_) cursor->UseInPlace();
  }
}

std::vector<CpuReport> ChannelReader::Cpus() const {
  std::vector<CpuReport> reports;
  for (uint32_t cpu = 0; cpu < cursors_.size(); ++cpu) {
    const CpuCounters counters = positions_.Counters(cpu);
    const bool idle = counters.position == 0 && counters.lost == 0;
    if (!idle) reports.push_back({cpu, counters, cursors_[cpu]->Unread()});
  }
  return reports;
}

}  // namespace s390log
