// SPDX-License-Identifier: MIT
#include "logd/tls_connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace s390log {

using Result = TlsSession::Result;

TlsConnection::Change TlsConnection::Step(Clock::time_point now) {
  if (state_ == State::kConnecting && tcp_.Step(now) == Change::kUp) BeginSession(now);
  switch (state_) {
    case State::kConnecting:
      return Change::kNone;
    case State::kHandshake:
      return GoOnWithHandshake(now);
    case State::kConfirming:
      return Confirm(now);
    case State::kUp:
      tcp_.MarkSettled(now);
      return CheckPeer(now);
  }
  return Change::kNone;
}

void TlsConnection::Fail(const std::string& reason, Clock::time_point now) {
  const std::string why = reason;  // may lie in the session
  session_.reset();
  writing_ = false;
  write_failed_ = false;
  deadline_.reset();
  state_ = State::kConnecting;
  tcp_.Fail(why, now);
}

void TlsConnection::BeginSession(Clock::time_point now) {
  std::string why;
  session_ = TlsSession::Begin(settings_, tcp_.Host(), tcp_.Fd(), why);
  if (!session_) return Fail(why, now);
  state_ = State::kHandshake;
  deadline_ = now + TcpConnection::kConnectTimeout;
}

TlsConnection::Change TlsConnection::GoOnWithHandshake(Clock::time_point now) {
  switch (session_->Handshake()) {
    case Result::kDone:
      state_ = State::kConfirming;
      deadline_ = now + kConfirmTime;
      return Confirm(now);
    case Result::kWait:
      if (now >= *deadline_) Fail("the server does not go on with the TLS handshake", now);
      break;
    case Result::kFailed:
      Fail(session_->Reason(), now);
      break;
  }
  return Change::kNone;
}

TlsConnection::Change TlsConnection::Confirm(Clock::time_point now) {
  if (session_->Drop() != Result::kWait) {
    Fail(session_->Reason(), now);
    return Change::kNone;
  }
  if (!session_->Confirmed() && now < *deadline_) return Change::kNone;
  deadline_.reset();
  state_ = State::kUp;
  return Change::kUp;
}

// As of a TCP connection: the system of the server ends it in order only if all was read.
bool TlsConnection::EndedInOrder() const {
  char next;
  return AllAcknowledged() && ::recv(tcp_.Fd(), &next, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

TlsConnection::Change TlsConnection::CheckPeer(Clock::time_point now) {
  const Result result = session_->Drop();
  if (result == Result::kWait && !write_failed_) return Change::kNone;
  const bool in_order = result == Result::kDone && !write_failed_ && EndedInOrder();
  Fail(session_->Reason(), now);
  return in_order ? Change::kClosed : Change::kBroken;
}

size_t TlsConnection::Gather(std::span<const iovec> pieces) {
  size_t length = 0;
  for (const iovec& piece : pieces) {
    const size_t part = std::min(piece.iov_len, record_.size() - length);
    std::memcpy(record_.data() + length, piece.iov_base, part);
    length += part;
    if (length == record_.size()) break;
  }
  return length;
}

// What a record was begun with comes first again in the next call, for nothing of it was taken.
std::optional<size_t> TlsConnection::Send(std::span<const iovec> pieces,
                                          Clock::time_point /*now*/) {
  if (!Up()) return 0;
  const size_t length = Gather(pieces);
  const std::optional<size_t> taken = session_->Write({record_.data(), length});
  write_failed_ = !taken;
  writing_ = taken && *taken == 0;
  return taken;
}

bool TlsConnection::Finish(Clock::time_point deadline) {
  if (!Up()) return false;
  session_->Close();
  return tcp_.Finish(deadline);
}

Wait TlsConnection::GetWait(bool sending) const {
  switch (state_) {
    case State::kConnecting:
      return tcp_.GetWait(false);
    case State::kHandshake:
      return {tcp_.Fd(), session_->Events(), deadline_};
    case State::kConfirming:
      return {tcp_.Fd(), POLLIN, deadline_};
    case State::kUp:
      return tcp_.GetWait(sending);
  }
  return {};
}

}  // namespace s390log
