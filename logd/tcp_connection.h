// SPDX-License-Identifier: MIT
// A TCP connection to one server that is made anew whenever it breaks: never blocks, and waits
// longer after each failure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "logd/backoff.h"
#include "logd/resolver.h"
#include "logd/sink.h"
#include "s390log/unique_fd.h"

struct iovec;

namespace s390log {

class TcpConnection {
 public:
  static constexpr std::chrono::seconds kConnectTimeout{10};
  // A peer that acknowledges nothing for so long is given up.
  static constexpr unsigned kUserTimeoutMs = 30000;
  // Bounds what can be on its way; Linux doubles it for its own bookkeeping.
  static constexpr int kSendBuffer = 128 * 1024;

  enum class Change {
    kNone,
    kConnected,
    kEnded,   // the peer closed after it had read everything
    kBroken,  // some of what was sent may not have been read
  };

  TcpConnection(std::string host, uint16_t port);

  // Goes on with connecting, or finds out that the connection has ended.
  Change Step(Clock::time_point now);

  bool Up() const { return state_ == State::kUp; }

  // Hands bytes to the system. Nothing: the connection has broken, as the next Step() will say.
  std::optional<size_t> Send(std::span<const iovec> pieces);

  // The peer's system has acknowledged everything.
  bool AllAcknowledged() const;

  // `sending`: there is something to send.
  Wait GetWait(bool sending) const;
  const std::string& Reason() const { return reason_; }
  std::string Peer() const;

 private:
  enum class State { kDown, kResolving, kConnecting, kUp };

  void BeginResolving();
  void FinishResolving(Clock::time_point now);
  void BeginConnecting(Clock::time_point now);
  Change FinishConnecting(Clock::time_point now);
  Change CheckPeer(Clock::time_point now);
  void Fail(const std::string& reason, Clock::time_point now);

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
  std::string reason_;
};

}  // namespace s390log
