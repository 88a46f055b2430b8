// SPDX-License-Identifier: MIT
// Syslog over TLS (RFC 5425): a TCP connection, and a session on it.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "logd/tcp_connection.h"
#include "logd/tls_session.h"

namespace s390log {

class TlsConnection : public SyslogTransport {
 public:
  // The most that goes into one record.
  static constexpr size_t kRecordBytes = 16384;
  // Without a word from the server a session of TLS 1.3 counts as accepted after this.
  static constexpr std::chrono::milliseconds kConfirmTime{500};

  TlsConnection(std::string host, uint16_t port, TlsSettings settings)
      : tcp_(std::move(host), port), settings_(std::move(settings)) {}

  Change Step(Clock::time_point now) override;
  bool Up() const override { return state_ == State::kUp; }
  std::optional<size_t> Send(std::span<const iovec> pieces, Clock::time_point now) override;
  bool AllAcknowledged() const override { return !writing_ && tcp_.AllAcknowledged(); }
  bool Finish(Clock::time_point deadline) override;
  Wait GetWait(bool sending) const override;
  const std::string& Reason() const override { return tcp_.Reason(); }

 private:
  enum class State { kConnecting, kHandshake, kConfirming, kUp };

  void BeginSession(Clock::time_point now);
  Change GoOnWithHandshake(Clock::time_point now);
  Change Confirm(Clock::time_point now);
  Change CheckPeer(Clock::time_point now);
  void Fail(const std::string& reason, Clock::time_point now);
  size_t Gather(std::span<const iovec> pieces);
  bool EndedInOrder() const;

  TcpConnection tcp_;
  TlsSettings settings_;
  State state_ = State::kConnecting;
  std::optional<TlsSession> session_;
  std::optional<Clock::time_point> deadline_;
  bool writing_ = false;  // a record is begun
  bool write_failed_ = false;
  std::array<char, kRecordBytes> record_;
};

}  // namespace s390log
