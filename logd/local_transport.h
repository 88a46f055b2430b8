// SPDX-License-Identifier: MIT
// Syslog to a socket of this machine, as /dev/log: of datagrams, or else a stream.
//
// Here the system tells how much the server has not read yet. It keeps nothing of it when the
// server's end is closed.
#pragma once

#include <optional>
#include <string>

#include "logd/backoff.h"
#include "logd/syslog_transport.h"
#include "s390log/unique_fd.h"

namespace s390log {

class LocalTransport : public SyslogTransport {
 public:
  // `type`: SOCK_DGRAM or SOCK_STREAM.
  LocalTransport(std::string path, int type) : path_(std::move(path)), type_(type) {}

  Change Step(Clock::time_point now) override;
  bool Up() const override { return static_cast<bool>(fd_); }
  std::optional<size_t> Send(std::span<const iovec> pieces, Clock::time_point now) override;
  bool AllAcknowledged() const override;
  bool Finish(Clock::time_point deadline) override;
  Wait GetWait(bool sending) const override;
  const std::string& Reason() const override { return reason_; }

 private:
  Change Connect(Clock::time_point now);
  Change CheckPeer(Clock::time_point now);
  std::optional<size_t> SendDatagrams(std::span<const iovec> pieces);
  std::optional<size_t> SendStream(std::span<const iovec> pieces);
  std::optional<size_t> Refused(size_t taken);
  void Fail(const std::string& reason, Clock::time_point now);

  std::string path_;
  int type_;
  UniqueFd fd_;
  int send_error_ = 0;
  Backoff backoff_;
  std::optional<Clock::time_point> deadline_;
  std::optional<Clock::time_point> up_since_;  // until it is settled
  std::string reason_;
};

}  // namespace s390log
