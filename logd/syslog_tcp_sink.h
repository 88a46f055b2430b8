// SPDX-License-Identifier: MIT
// Syslog over TCP with octet counting (RFC 6587): each message is preceded by its length.
//
// An event counts as taken when the socket has accepted all of its message. TCP tells nobody what
// the program at the other end has read, so the last kWindowBytes of messages are kept. When a
// connection breaks they are all sent again on the next one; when the server closes it in order,
// having acknowledged everything, none are. So each event arrives at least once, unless the
// server's program dies with more than kWindowBytes unread; a repetition has the same bootId and
// sequence.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "logd/sink.h"
#include "logd/syslog_format.h"
#include "logd/tcp_connection.h"

namespace s390log {

class SyslogTcpSink : public Sink {
 public:
  // More than the socket itself can hold: 2 * TcpConnection::kSendBuffer.
  static constexpr size_t kWindowBytes = 512 * 1024;
  // Messages that are made ready for one call to the system.
  static constexpr size_t kMaxBatch = 64;

  SyslogTcpSink(std::string host, uint16_t port, SyslogOrigin origin);

  void StartAt(uint64_t index) override { start_ = next_ = taken_ = index; }
  void Follow(const Backlog& backlog, Clock::time_point now) override;
  uint64_t Taken() const override { return taken_; }
  uint64_t Safe() const override;
  bool Flushed() const override { return sent_ == frames_.size() && connection_.AllAcknowledged(); }
  bool Up() const override { return connection_.Up(); }
  Wait GetWait(const Backlog& backlog) const override;
  SinkReport Report() const override;

 private:
  void Reconcile(TcpConnection::Change change);
  void MakeFrames(const Backlog& backlog);
  bool SendFrames();
  void Sent(size_t bytes);
  void TrimWindow();

  TcpConnection connection_;
  SyslogOrigin origin_;

  // Frames [0, sent_) are sent and kept; frame sent_ is sent up to offset_. The entry of the last
  // frame is next_ - 1.
  std::deque<std::string> frames_;
  size_t sent_ = 0;
  size_t offset_ = 0;
  size_t window_bytes_ = 0;  // of the frames that are sent
  uint64_t next_ = 0;        // first entry that has no frame yet
  uint64_t taken_ = 0;
  uint64_t start_ = 0;
  uint64_t expired_ = 0;
  uint64_t repeated_ = 0;
};

}  // namespace s390log
