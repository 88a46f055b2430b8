// SPDX-License-Identifier: MIT
#include "logd/selected_sink.h"

#include <algorithm>
#include <utility>

#include "logd/wall_clock.h"

namespace s390log {

std::optional<Entry> SelectedEntries::Find(uint64_t index) const {
  if (index < begin_ || index >= End()) return std::nullopt;
  const Chosen& chosen = chosen_[index - begin_];
  return Entry{chosen.event, chosen.boot_id};
}

void SelectedEntries::DropBefore(uint64_t index) {
  for (; begin_ < index && !chosen_.empty(); ++begin_) chosen_.pop_front();
}

SelectedSink::SelectedSink(std::unique_ptr<Sink> sink, const SelectionConfig& config)
    : SelectedSink(std::move(sink), config, WallClockNs) {}

SelectedSink::SelectedSink(std::unique_ptr<Sink> sink, const SelectionConfig& config,
                           WallClock wall_clock)
    : sink_(std::move(sink)), selection_(config), wall_clock_(std::move(wall_clock)) {
  if (config.max_per_second != 0) limit_.emplace(config.max_per_second, config.burst);
  sink_->StartAt(0);
}

void SelectedSink::Follow(const Backlog& backlog, Clock::time_point now) {
  const uint64_t looks = next_ + kMaxLooks;
  const Clock::time_point enough = Clock::now() + kTurnTime;
  do {
    Choose(backlog);
    sink_->Follow(entries_, now);
    MoveCursors();
  } while (next_ < looks && Clock::now() < enough && MayChoose(backlog));
}

bool SelectedSink::MayChoose(const Backlog& backlog) const {
  return next_ < backlog.End() && entries_.Size() < kMaxWaiting;
}

void SelectedSink::Choose(const Backlog& backlog) {
  for (uint64_t looks = 0; looks < kMaxWaiting && MayChoose(backlog); ++looks) {
    const std::optional<Entry> entry = backlog.Find(next_);
    if (entry) Look(*entry);
    if (!entry) ++expired_;
    ++next_;
  }
  if (!suppressed_ || next_ < backlog.End()) return;
  const std::optional<uint64_t> until = limit_->HoldsUntil();
  if (concluding_ || !until || wall_clock_() >= *until) TellSuppressed();
}

void SelectedSink::Look(const Entry& entry) {
  const bool gap = entry.event.match == Match::kGap;
  if (!selection_.Wants(entry.event)) {
    ++filtered_;
    return;
  }
  // Numbers of another boot cannot be in one range with these.
  if (suppressed_ && suppressed_->boot_id != entry.boot_id) TellSuppressed();
  if (limit_ && !gap && !limit_->Admit(entry.event.time_ns)) return Suppress(entry);
  if (!gap && suppressed_) TellSuppressed();
  Add({entry.event, entry.boot_id}, next_);
}

void SelectedSink::Suppress(const Entry& entry) {
  ++limited_;
  if (!suppressed_) {
    Event notice{};
    notice.match = Match::kGap;
    notice.first = entry.event.first;
    notice.cause = {LossKind::kSuppressed, {}};
    suppressed_ = {std::move(notice), entry.boot_id, next_};
  }
  suppressed_->notice.last = entry.event.last;
  suppressed_->notice.time_ns = entry.event.time_ns;
  ++suppressed_->notice.suppressed;
}

void SelectedSink::TellSuppressed() {
  Add({std::move(suppressed_->notice), std::move(suppressed_->boot_id)}, suppressed_->index);
  suppressed_.reset();
}

void SelectedSink::Add(SelectedEntries::Chosen chosen, uint64_t index) {
  entries_.Add(std::move(chosen));
  origins_.push_back(index);
}

// From the numbers of the selection to those of the backlog. Neither falls, although a notice comes
// from before what was passed meanwhile.
void SelectedSink::MoveCursors() {
  entries_.DropBefore(sink_->Taken());
  const auto origin = [this](uint64_t number, uint64_t otherwise) {
    return number < entries_.End() ? origins_[number - origins_begin_] : otherwise;
  };
  const uint64_t sent = std::max(sink_->Safe(), origins_begin_);
  taken_ = std::max(taken_, origin(std::max(sink_->Taken(), origins_begin_), next_));
  safe_ = std::max(safe_, origin(sent, suppressed_ ? suppressed_->index : next_));
  for (; origins_begin_ < sent && !origins_.empty(); ++origins_begin_) origins_.pop_front();
}

void SelectedSink::Conclude() {
  concluding_ = true;
  sink_->Conclude();
}

void SelectedSink::Finish(Clock::time_point deadline) {
  sink_->Finish(deadline);
  MoveCursors();
}

Wait SelectedSink::GetWait(const Backlog& backlog) const {
  Wait wait = sink_->GetWait(entries_);
  const auto at_the_latest = [&wait](Clock::time_point when) {
    wait.deadline = wait.deadline ? std::min(*wait.deadline, when) : when;
  };
  if (MayChoose(backlog)) at_the_latest(Clock::time_point::min());
  if (suppressed_) {
    const uint64_t now_ns = wall_clock_();
    const uint64_t until = limit_->HoldsUntil().value_or(now_ns);
    const uint64_t left = until > now_ns ? until - now_ns : 0;
    at_the_latest(Clock::now() + std::chrono::nanoseconds(left));
  }
  return wait;
}

SinkReport SelectedSink::Report() const {
  SinkReport report = sink_->Report();
  report.expired += expired_;
  report.filtered = filtered_;
  report.limited = limited_;
  return report;
}

std::unique_ptr<Sink> Select(std::unique_ptr<Sink> sink, const SelectionConfig& config) {
  if (config.TakesAll()) return sink;
  return std::make_unique<SelectedSink>(std::move(sink), config);
}

}  // namespace s390log
