// SPDX-License-Identifier: MIT
// JSON lines to a file (appended to) or to standard output. Written in batches, each batch at once,
// so that a follower sees it without delay.
//
// An event counts as taken when the system has accepted its line; it is not synced to disk. If
// writing fails (disk full, reader gone), it is tried again from the byte where it failed.
#pragma once

#include <string>

#include "logd/backoff.h"
#include "logd/sink.h"
#include "s390log/unique_fd.h"

namespace s390log {

class JsonSink : public Sink {
 public:
  static constexpr size_t kMaxBatchBytes = 65536;

  // `path` "-" is standard output. Throws std::system_error if the file cannot be opened.
  explicit JsonSink(const std::string& path);

  void StartAt(uint64_t index) override { start_ = next_ = taken_ = index; }
  void Follow(const Backlog& backlog, Clock::time_point now) override;
  uint64_t Taken() const override { return taken_; }
  bool Flushed() const override { return written_ == batch_.size(); }
  bool Up() const override { return !retry_.has_value(); }
  Wait GetWait(const Backlog& backlog) const override;
  SinkReport Report() const override;

 private:
  enum class WriteResult { kAll, kWouldBlock, kFailed };

  void FillBatch(const Backlog& backlog);
  WriteResult WriteBatch();
  bool Writable() const;

  std::string path_;
  UniqueFd fd_;
  size_t max_write_;  // bytes that a write() can take without blocking, once poll() has said so

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
