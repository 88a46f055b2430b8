// SPDX-License-Identifier: MIT
// Syslog over UDP (RFC 5426): a datagram for each message.
//
// Nothing is ever acknowledged. What can be done is done: datagrams are never larger than the path
// takes whole, and not sent faster than a server can read; a server's system that has nobody on the
// port says so, which ends the "connection", and one datagram at a time tries whether that is over.
#pragma once

#include <optional>
#include <string>

#include "logd/backoff.h"
#include "logd/resolver.h"
#include "logd/syslog_transport.h"
#include "s390log/unique_fd.h"

namespace s390log {

class UdpTransport : public SyslogTransport {
 public:
  // How long a try may remain without an answer: then somebody seems to be there.
  static constexpr std::chrono::milliseconds kTryTime{250};
  // Datagrams that may go at once: well below what fits into a socket that nobody has enlarged.
  static constexpr double kBurst = 32;

  // `rate`: datagrams per second, at most.
  UdpTransport(std::string host, uint16_t port, uint32_t rate)
      : host_(std::move(host)), port_(port), rate_(rate) {}

  Change Step(Clock::time_point now) override;
  bool Up() const override { return state_ == State::kUp; }
  std::optional<size_t> Send(std::span<const iovec> pieces, Clock::time_point now) override;
  bool AllAcknowledged() const override { return state_ != State::kTrying; }
  size_t MaxPiece() const override { return max_piece_; }
  bool Finish(Clock::time_point deadline) override;
  Wait GetWait(bool sending) const override;
  const std::string& Reason() const override { return reason_; }

 private:
  // kOpen: nothing was sent yet. kTrying: one datagram is on its way.
  enum class State { kDown, kResolving, kOpen, kTrying, kUp };

  void FinishResolving(Clock::time_point now);
  void Open(const Address& address, Clock::time_point now);
  void LearnPath();
  void AllowFragments();
  size_t TooLong(size_t size);
  void Refill(Clock::time_point now);
  Change Fail(const std::string& reason, Clock::time_point now);

  std::string host_;
  uint16_t port_;
  double rate_;
  State state_ = State::kDown;
  UniqueFd fd_;
  int family_ = 0;
  std::optional<Resolver> resolver_;
  size_t attempt_ = 0;  // which of several addresses
  size_t max_piece_ = SIZE_MAX;
  int send_error_ = 0;
  double tokens_ = kBurst;
  Clock::time_point refilled_ = {};
  Backoff backoff_;
  std::optional<Clock::time_point> deadline_;
  std::string reason_;
};

}  // namespace s390log
