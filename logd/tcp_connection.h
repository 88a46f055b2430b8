// SPDX-License-Identifier: MIT
// A TCP connection to one syslog server.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "logd/backoff.h"
#include "logd/resolver.h"
#include "logd/syslog_transport.h"
#include "s390log/unique_fd.h"

namespace s390log {

class TcpConnection : public SyslogTransport {
 public:
  static constexpr std::chrono::seconds kConnectTimeout{10};
  // A peer that acknowledges nothing for so long is given up.
  static constexpr unsigned kUserTimeoutMs = 30000;
  // Bounds what can be on its way; Linux doubles it for its own bookkeeping.
  static constexpr int kSendBuffer = 128 * 1024;

  // A connection that has lasted so long is a success: the next attempt does not wait.
  static constexpr std::chrono::seconds kSettled{2};

  TcpConnection(std::string host, uint16_t port);

  Change Step(Clock::time_point now) override;
  bool Up() const override { return state_ == State::kUp; }
  std::optional<size_t> Send(std::span<const iovec> pieces, Clock::time_point now) override;
  bool AllAcknowledged() const override;
  bool Finish(Clock::time_point deadline) override;
  Wait GetWait(bool sending) const override;
  const std::string& Reason() const override { return reason_; }

  // For what speaks over the connection: its descriptor, while it is up, and its end.
  int Fd() const { return fd_.Get(); }
  const std::string& Host() const { return host_; }
  void Fail(const std::string& reason, Clock::time_point now);
  void MarkSettled(Clock::time_point now);

 private:
  enum class State { kDown, kResolving, kConnecting, kUp };

  void BeginResolving();
  void FinishResolving(Clock::time_point now);
  void BeginConnecting(Clock::time_point now);
  Change FinishConnecting(Clock::time_point now);
  Change CheckPeer(Clock::time_point now);

  std::string host_;
  uint16_t port_;
  State state_ = State::kDown;
  UniqueFd fd_;
  std::optional<Resolver> resolver_;
  Resolution resolution_;
  size_t address_ = 0;  // the one that is tried
  int send_error_ = 0;
  Backoff backoff_;
  std::optional<Clock::time_point> deadline_;
  std::optional<Clock::time_point> up_since_;  // until it is settled
  std::string reason_;
};

}  // namespace s390log
