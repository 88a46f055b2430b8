// SPDX-License-Identifier: MIT
// A sink that gets a selection of the entries, whatever kind of sink it is: it follows a backlog of
// its own, into which this puts what it wants and what its rate limit lets through.
//
// What the limit suppresses is told by an entry of its own (LOG005W) before the next one that
// passes, or as soon as one would pass. Until then Safe() stays before the first that was
// suppressed: a logd that is killed meanwhile looks at them again, and none vanishes without a
// word.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "logd/rate_limit.h"
#include "logd/selection.h"
#include "logd/sink.h"

namespace s390log {

// What the sink behind a SelectedSink sees.
class SelectedEntries : public Backlog {
 public:
  struct Chosen {
    Event event;
    std::string boot_id;
  };

  SelectedEntries() : Backlog(0) {}

  uint64_t End() const override { return begin_ + chosen_.size(); }
  std::optional<Entry> Find(uint64_t index) const override;

  size_t Size() const { return chosen_.size(); }
  void Add(Chosen chosen) { chosen_.push_back(std::move(chosen)); }
  void DropBefore(uint64_t index);

 private:
  uint64_t begin_ = 0;
  std::deque<Chosen> chosen_;
};

class SelectedSink : public Sink {
 public:
  // Entries that are chosen and wait for the sink.
  static constexpr size_t kMaxWaiting = 1024;
  // Entries that one Follow() looks at, so that the others get their turn.
  static constexpr uint64_t kMaxLooks = 16384;

  using WallClock = std::function<uint64_t()>;  // nanoseconds since the epoch

  SelectedSink(std::unique_ptr<Sink> sink, const SelectionConfig& config);
  SelectedSink(std::unique_ptr<Sink> sink, const SelectionConfig& config, WallClock wall_clock);

  void StartAt(uint64_t index) override { next_ = taken_ = safe_ = index; }
  void Follow(const Backlog& backlog, Clock::time_point now) override;
  void Reopen() override { sink_->Reopen(); }
  void Conclude() override;
  void Finish(Clock::time_point deadline) override;
  uint64_t Taken() const override { return taken_; }
  uint64_t Safe() const override { return safe_; }
  bool Flushed() const override { return sink_->Flushed() && !suppressed_; }
  bool Up() const override { return sink_->Up(); }
  Wait GetWait(const Backlog& backlog) const override;
  SinkReport Report() const override;

 private:
  // What is not told yet.
  struct Suppressed {
    Event notice;
    std::string boot_id;
    uint64_t index;  // of the first
  };

  void Choose(const Backlog& backlog);
  void Look(const Entry& entry);
  void Suppress(const Entry& entry);
  void TellSuppressed();
  void Add(SelectedEntries::Chosen chosen, uint64_t index);
  bool MayChoose(const Backlog& backlog) const;
  void MoveCursors();

  std::unique_ptr<Sink> sink_;
  Selection selection_;
  std::optional<RateLimit> limit_;
  WallClock wall_clock_;

  SelectedEntries entries_;
  // Where each entry that may have to be sent again came from; the first is number safe_from_.
  std::deque<uint64_t> origins_;
  uint64_t origins_begin_ = 0;
  std::optional<Suppressed> suppressed_;
  bool concluding_ = false;
  uint64_t next_ = 0;  // the first that was not looked at
  uint64_t taken_ = 0;
  uint64_t safe_ = 0;
  uint64_t expired_ = 0;
  uint64_t filtered_ = 0;
  uint64_t limited_ = 0;
};

// `sink` itself, if it is to get everything.
std::unique_ptr<Sink> Select(std::unique_ptr<Sink> sink, const SelectionConfig& config);

}  // namespace s390log
