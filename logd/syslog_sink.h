// SPDX-License-Identifier: MIT
// Syslog (RFC 5424) over any transport.
//
// An event counts as taken when the system has accepted all of its message. No transport tells what
// the program at the other end has read, so what was sent is sent again on the next connection:
// - If one breaks, all of the last kKeepTime.
// - If the server ends it in order, its program had read everything from its socket, and what it
//   may not have written yet, when it was killed, is what came last: all of the doubt time.
// kKeepBytes of messages are kept here. What was sent before is made anew from its entries; that
// goes as long as the store has them, and only if there is one.
//
// A repetition has the same bootId and sequence. So each event arrives at least once, unless the
// server's program dies when it has not read for kKeepTime, or, without a store, with more than
// kKeepBytes unread or unwritten; over UDP, unless the network drops it or the server cannot
// follow.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "logd/sink.h"
#include "logd/syslog_format.h"
#include "logd/syslog_transport.h"

namespace s390log {

// How a message ends in a stream (RFC 6587).
enum class SyslogFraming {
  kOctetCounting,
  kLineFeed,
  kNone,  // datagrams
};

struct SyslogSinkOptions {
  std::string name = "syslog";
  SyslogFraming framing = SyslogFraming::kOctetCounting;
  size_t max_message = 8192;  // bytes, without the frame
  // What a server's program may hold between its socket and its files.
  std::chrono::milliseconds doubt_time{5000};
  SyslogOrigin origin = {};
};

class SyslogSink : public Sink {
 public:
  // More than a server's socket holds unread (Linux: half of 6 MiB), and little enough for a daemon
  // that stays within 16 MiB.
  static constexpr size_t kKeepBytes = size_t{6} << 20;
  static constexpr std::chrono::minutes kKeepTime{10};
  // More than is kept can only be in a queue of the server's program, and not for long.
  static constexpr std::chrono::minutes kQueueTime{1};
  // Between two of the places from which what is not kept can be sent again.
  static constexpr std::chrono::seconds kMarkTime{1};
  // Messages that are made ready for one call to the system.
  static constexpr size_t kMaxBatch = 64;

  SyslogSink(std::unique_ptr<SyslogTransport> transport, SyslogSinkOptions options);

  void StartAt(uint64_t index) override { start_ = next_ = seen_ = taken_ = safe_ = index; }
  void Follow(const Backlog& backlog, Clock::time_point now) override;
  uint64_t Taken() const override { return taken_; }
  // What a server has not acknowledged, or had no time to write, is sent again by the next logd.
  uint64_t Safe() const override { return std::min(taken_, finished_ ? taken_ : safe_); }
  bool Flushed() const override { return Idle() && transport_->AllAcknowledged(); }
  void Finish(Clock::time_point deadline) override;
  bool Up() const override { return transport_->Up(); }
  Wait GetWait(const Backlog& backlog) const override;
  SinkReport Report() const override;

 private:
  struct Frame {
    std::string bytes;
    uint64_t index;  // of its entry
    bool cut;
    Clock::time_point sent = {};
  };

  // A place among the entries whose messages are sent and not kept. All from here up to the next
  // mark were sent within kMarkTime.
  struct Mark {
    uint64_t index;
    Clock::time_point sent;
  };

  bool Idle() const { return sent_ == frames_.size(); }
  void Reconcile(SyslogTransport::Change change, Clock::time_point now);
  size_t SentBefore(Clock::time_point time) const;
  uint64_t FirstInDoubt(Clock::time_point since) const;
  void Forget(size_t count);
  void LeaveMark(const Frame& frame);
  void DropMarks(Clock::time_point time);
  void GoBack(const Backlog& backlog);
  void MakeFrames(const Backlog& backlog);
  void MakeFrame(const Entry& entry);
  bool DropLongFrames();
  bool SendFrames(Clock::time_point now);
  void Sent(size_t bytes, Clock::time_point now);
  void TrimKept(Clock::time_point now);
  size_t Limit() const;

  std::unique_ptr<SyslogTransport> transport_;
  SyslogSinkOptions options_;
  SyslogEncoder encoder_;

  // Frames [0, sent_) are sent and kept; frame sent_ is sent up to offset_.
  std::deque<Frame> frames_;
  size_t sent_ = 0;
  size_t offset_ = 0;
  size_t kept_bytes_ = 0;  // of the frames that are sent
  std::deque<Mark> marks_;
  bool go_back_ = false;  // to the first mark
  uint64_t next_ = 0;     // first entry that has no frame yet
  uint64_t seen_ = 0;     // what next_ was at most
  uint64_t taken_ = 0;
  uint64_t start_ = 0;
  uint64_t safe_ = 0;      // what was before this one, was so at some time since the last break
  bool finished_ = false;  // and the server has read it all
  uint64_t expired_ = 0;
  uint64_t repeated_ = 0;
  uint64_t cut_ = 0;
};

}  // namespace s390log
