// SPDX-License-Identifier: MIT
#include "s390log/channel_reader.h"

#include <algorithm>
#include <functional>
#include <stdexcept>

#include "s390log/former_consumer.h"

namespace s390log {

ChannelReader::ChannelReader(Channel& channel)
    : channel_(channel), positions_(channel.Positions()) {
  const Geometry& geometry = channel.GetGeometry();
  if (positions_.CpuCount() != geometry.n_cpus || geometry.n_subbufs == 0) {
    throw std::runtime_error("s390_log: the geometry does not fit the position area");
  }
  const auto on_fault = [this](uint32_t cpu, uint64_t, const ParseFault& fault) {
    OnFault(cpu, fault);
  };
  for (uint32_t cpu = 0; cpu < geometry.n_cpus; ++cpu) {
    cursors_.emplace_back(cpu, geometry, positions_.Boot(), on_fault);
  }
  counters_.resize(geometry.n_cpus);
  given_back_.resize(geometry.n_cpus);
}

void ChannelReader::OnFault(uint32_t cpu, const ParseFault& fault) {
  ++fault_count_;
  last_fault_ = fault;
  ledger_.AddUnreadable(cpu);
}

// The order of the loads is the protocol: R1, R2, R3.
void ChannelReader::Look() {
  emitted_ = positions_.Sequence();
  low_ = emitted_;
  for (uint32_t cpu = 0; cpu < cursors_.size(); ++cpu) {
    if (const auto pending = positions_.Pending(cpu)) low_ = std::min(low_, pending->Previous());
  }
  RejectImpossibleHeads();
  LoadPositions();
  looked_ = true;
}

// What was below a position in an earlier look had its number before this look's R1.
void ChannelReader::RejectImpossibleHeads() {
  for (const Head& head : heads_) {
    if (head.sequence > emitted_) cursors_[head.cpu].Reject();
  }
  std::erase_if(heads_, [this](const Head& head) { return head.sequence > emitted_; });
  std::make_heap(heads_.begin(), heads_.end(), std::greater<>());
}

void ChannelReader::LoadPositions() {
  std::vector<bool> has_head(cursors_.size());
  for (const Head& head : heads_) has_head[head.cpu] = true;
  for (uint32_t cpu = 0; cpu < cursors_.size(); ++cpu) {
    const CpuCounters counters = positions_.Counters(cpu);
    if (!looked_ || !cursors_[cpu].Started()) Start(cpu, counters);
    ledger_.AddDropped(cpu, counters.lost - counters_[cpu].lost);
    counters_[cpu] = counters;
    cursors_[cpu].Extend(counters.position);
    if (!has_head[cpu]) PushHead(cpu);
  }
}

// A CPU without a position has written nothing; it may never have been online, or will be later.
// Only at the first look can there be a former consumer.
void ChannelReader::Start(uint32_t cpu, const CpuCounters& counters) {
  if (counters.position == 0) return;
  const std::span<const std::byte> buffer = channel_.Buffer(cpu);
  const Geometry& geometry = channel_.GetGeometry();
  if (buffer.size() < size_t{geometry.subbuf_size} * geometry.n_subbufs) {
    throw std::runtime_error("s390_log: a CPU has a position but not the buffer to it");
  }
  cursors_[cpu].Start(buffer, counters.consumed);
  given_back_[cpu] = counters.consumed;
  if (looked_) return;
  const FormerShare share = FormerShareOf(buffer, geometry, counters, low_);
  first_ = std::max(first_, share.bound.Next());
  counters_[cpu].lost = share.lost;
}

void ChannelReader::PushHead(uint32_t cpu) {
  if (!cursors_[cpu].Started()) return;
  if (const Record* record = cursors_[cpu].Peek()) {
    heads_.push_back({record->sequence, cpu});
    std::push_heap(heads_.begin(), heads_.end(), std::greater<>());
  }
}

Record ChannelReader::PopHead() {
  std::pop_heap(heads_.begin(), heads_.end(), std::greater<>());
  const uint32_t cpu = heads_.back().cpu;
  heads_.pop_back();
  const Record record = *cursors_[cpu].Peek();
  cursors_[cpu].Pop();
  PushHead(cpu);
  return record;
}

std::optional<Item> ChannelReader::Next() {
  while (true) {
    const bool ready = !heads_.empty() && heads_.front().sequence <= low_;
    if (!ready) return Hole(low_);
    if (heads_.front().sequence > next_) {
      if (auto hole = Hole(heads_.front().sequence.Previous())) return hole;
      continue;
    }
    const Record record = PopHead();
    if (record.sequence < next_) {  // a number that another CPU has had
      OnFault(record.cpu, {FaultKind::kSequenceNotRising, 0});
      continue;
    }
    next_ = record.sequence.Next();
    return record;
  }
}

// The numbers from next_ to last, as far as they are ours.
std::optional<Item> ChannelReader::Hole(SequenceNumber last) {
  if (next_ > last) return std::nullopt;
  if (next_ < first_) {
    const SequenceNumber end = std::min(last, first_.Previous());
    before_ += CountOf(next_, end);
    next_ = end.Next();
    if (next_ > last) return std::nullopt;
  }
  Missing missing{next_, last, ledger_.Settle(CountOf(next_, last))};
  next_ = last.Next();
  return missing;
}

void ChannelReader::GiveBack(SequenceNumber taken) {
  for (uint32_t cpu = 0; cpu < cursors_.size(); ++cpu) {
    if (!cursors_[cpu].Started()) continue;
    const uint64_t finished = cursors_[cpu].Finished(taken, emitted_);
    if (finished == given_back_[cpu]) continue;
    channel_.GiveBack(cpu, finished);
    given_back_[cpu] = finished;
  }
}

bool ChannelReader::InsideOpenSubbuf() const {
  return std::any_of(cursors_.begin(), cursors_.end(),
                     [](const CpuCursor& cursor) { return cursor.InsideOpenSubbuf(); });
}

std::vector<CpuReport> ChannelReader::Cpus() const {
  std::vector<CpuReport> reports;
  for (uint32_t cpu = 0; cpu < cursors_.size(); ++cpu) {
    const CpuCounters counters = positions_.Counters(cpu);
    const bool idle = counters.position == 0 && counters.lost == 0;
    if (!idle) reports.push_back({cpu, counters, cursors_[cpu].Unread()});
  }
  return reports;
}

}  // namespace s390log
