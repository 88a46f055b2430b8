// SPDX-License-Identifier: MIT
// The systemd journal as a sink.
//
// An event counts as taken when journald has read it from its socket. When the socket goes away
// before, what it may not have read is sent again to the next.
#pragma once

#include <string>

#include "logd/backoff.h"
#include "logd/journal_format.h"
#include "logd/journal_socket.h"
#include "logd/sink.h"

namespace s390log {

class JournalSink : public Sink {
 public:
  // Of one datagram.
  static constexpr size_t kMaxBatchBytes = 32768;
  // That are on their way: what would be sent again.
  static constexpr uint64_t kMaxUnread = 4096;
  // How often it is asked whether they are read.
  static constexpr std::chrono::milliseconds kFirstAsk{1};
  static constexpr std::chrono::milliseconds kLastAsk{32};

  JournalSink(std::string path, JournalOrigin origin)
      : socket_(std::move(path)), origin_(std::move(origin)) {}

  void StartAt(uint64_t index) override { start_ = next_ = filled_ = taken_ = index; }
  void Follow(const Backlog& backlog, Clock::time_point now) override;
  uint64_t Taken() const override { return taken_; }
  bool Flushed() const override { return batch_.empty() && next_ == taken_; }
  bool Up() const override { return socket_.IsOpen(); }
  Wait GetWait(const Backlog& backlog) const override;
  SinkReport Report() const override;

 private:
  bool SendBatches(const Backlog& backlog);
  void FillBatch(const Backlog& backlog);
  bool Confirm(Clock::time_point now);
  void Fail(Clock::time_point now);

  JournalSocket socket_;
  JournalOrigin origin_;
  std::string batch_;   // entries from next_ to filled_
  uint64_t taken_ = 0;  // what is before it has been read
  uint64_t next_ = 0;   // what is before it has been sent
  uint64_t filled_ = 0;
  bool full_ = false;  // journald has too much to read
  std::optional<Clock::time_point> ask_;
  std::chrono::milliseconds pause_ = kFirstAsk;
  uint64_t start_ = 0;
  uint64_t repeated_ = 0;
  uint64_t expired_ = 0;
  Backoff backoff_;
  std::optional<Clock::time_point> retry_;
  std::string reason_;
};

}  // namespace s390log
