// SPDX-License-Identifier: MIT
#include "logd/syslog_tcp_sink.h"

#include <fmt/format.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <utility>

namespace s390log {

SyslogTcpSink::SyslogTcpSink(std::string host, uint16_t port, SyslogOrigin origin)
    : connection_(std::move(host), port), origin_(std::move(origin)) {}

void SyslogTcpSink::Follow(const Backlog& backlog, Clock::time_point now) {
  Reconcile(connection_.Step(now));
  while (connection_.Up()) {
    MakeFrames(backlog);
    if (sent_ == frames_.size()) {
      taken_ = next_;  // nothing, or entries that had expired
      return;
    }
    if (!SendFrames()) {
      Reconcile(connection_.Step(now));
      return;
    }
  }
}

void SyslogTcpSink::Reconcile(TcpConnection::Change change) {
  if (change == TcpConnection::Change::kEnded) {
    frames_.erase(frames_.begin(), frames_.begin() + static_cast<std::ptrdiff_t>(sent_));
  } else if (change == TcpConnection::Change::kBroken) {
    repeated_ += sent_;
  } else {
    return;
  }
  sent_ = 0;
  offset_ = 0;  // half a message is none: the receiver drops it with the connection
  window_bytes_ = 0;
}

void SyslogTcpSink::MakeFrames(const Backlog& backlog) {
  while (next_ < backlog.End() && frames_.size() - sent_ < kMaxBatch) {
    const auto entry = backlog.Find(next_);
    if (entry) {
      const std::string message = SyslogMessage(entry->event, entry->boot_id, origin_);
      frames_.push_back(fmt::format("{} {}", message.size(), message));
    } else {
      ++expired_;
    }
    ++next_;
  }
}

// False: no more for now.
bool SyslogTcpSink::SendFrames() {
  std::array<iovec, kMaxBatch> pieces;
  const size_t count = std::min(kMaxBatch, frames_.size() - sent_);
  for (size_t i = 0; i < count; ++i) {
    std::string& frame = frames_[sent_ + i];
    const size_t skip = i == 0 ? offset_ : 0;
    pieces[i] = {frame.data() + skip, frame.size() - skip};
  }
  const std::optional<size_t> bytes = connection_.Send({pieces.data(), count});
  if (!bytes || *bytes == 0) return false;
  Sent(*bytes);
  TrimWindow();
  return true;
}

void SyslogTcpSink::Sent(size_t bytes) {
  offset_ += bytes;
  while (sent_ < frames_.size() && offset_ >= frames_[sent_].size()) {
    offset_ -= frames_[sent_].size();
    window_bytes_ += frames_[sent_].size();
    ++sent_;
  }
  // Frames that are sent again were taken before.
  taken_ = std::max(taken_, next_ - (frames_.size() - sent_));
}

void SyslogTcpSink::TrimWindow() {
  while (sent_ > 0 && window_bytes_ > kWindowBytes) {
    window_bytes_ -= frames_.front().size();
    frames_.pop_front();
    --sent_;
  }
}

// What the server's system has not acknowledged, it may never have got. (Expired entries between
// the frames make this a little too careful.)
uint64_t SyslogTcpSink::Safe() const {
  return connection_.Up() && connection_.AllAcknowledged() ? taken_ : next_ - frames_.size();
}

Wait SyslogTcpSink::GetWait(const Backlog& backlog) const {
  return connection_.GetWait(sent_ < frames_.size() || next_ < backlog.End());
}

SinkReport SyslogTcpSink::Report() const {
  return {"syslog tcp " + connection_.Peer(),
          Up(),
          connection_.Reason(),
          taken_ - start_,
          repeated_,
          expired_};
}

}  // namespace s390log
