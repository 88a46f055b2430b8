// SPDX-License-Identifier: MIT
// JSON lines to a file (appended to) or to standard output. Written in batches, each batch at once,
// so that a follower sees it without delay.
//
// An event counts as taken when the system has accepted its line; it is not synced to disk. If the
// file cannot be opened, written or rotated, the sink is down, says why, and goes on later with the
// line that it could not finish.
#pragma once

#include <string>

#include "logd/backoff.h"
#include "logd/line_file.h"
#include "logd/sink.h"

namespace s390log {

class JsonSink : public Sink {
 public:
  static constexpr size_t kMaxBatchBytes = 65536;

  // `path` "-" is standard output. The first Follow() opens it.
  explicit JsonSink(const std::string& path, const LineFile::Rotation& rotation = {})
      : file_(path, rotation) {}

  void StartAt(uint64_t index) override { start_ = next_ = taken_ = index; }
  void Follow(const Backlog& backlog, Clock::time_point now) override;
  // The next batch, or what is left of this one, goes to the file that has the name then.
  void Reopen() override;
  uint64_t Taken() const override { return taken_; }
  bool Flushed() const override { return written_ == batch_.size(); }
  bool Up() const override { return !retry_.has_value(); }
  Wait GetWait(const Backlog& backlog) const override;
  SinkReport Report() const override;

 private:
  void FillBatch(const Backlog& backlog);
  bool Ready();
  bool WriteBatch(bool& blocked);
  void BackToLine();
  void Fail(Clock::time_point now);

  LineFile file_;
  std::string batch_;
  size_t written_ = 0;  // bytes of the batch
  uint64_t next_ = 0;   // first entry that is not in the batch
  uint64_t taken_ = 0;
  uint64_t start_ = 0;
  uint64_t expired_ = 0;
  Backoff backoff_;
  std::optional<Clock::time_point> retry_;
  std::string reason_;
};

}  // namespace s390log
