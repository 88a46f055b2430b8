// SPDX-License-Identifier: MIT
#include "logd/tcp_connection.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "logd/socket_state.h"

namespace s390log {
namespace {

bool Ready(int fd, short events) {
  pollfd poll_fd{fd, events, 0};
  return ::poll(&poll_fd, 1, 0) > 0;
}

bool WaitFor(int fd, short events, Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
  if (left.count() <= 0) return false;
  pollfd poll_fd{fd, events, 0};
  const int found = ::poll(&poll_fd, 1, static_cast<int>(left.count()));
  return found > 0 || (found < 0 && errno == EINTR);
}

}  // namespace

TcpConnection::TcpConnection(std::string host, uint16_t port)
    : host_(std::move(host)), port_(port) {}

void TcpConnection::Fail(const std::string& reason, Clock::time_point now) {
  reason_ = reason;
  fd_.Reset();
  resolver_.reset();
  send_error_ = 0;
  state_ = State::kDown;
  deadline_ = backoff_.Failed(now);
}

void TcpConnection::MarkSettled(Clock::time_point now) {
  if (!up_since_ || now - *up_since_ < kSettled) return;
  up_since_.reset();
  backoff_.Succeeded();
}

TcpConnection::Change TcpConnection::Step(Clock::time_point now) {
  if (state_ == State::kUp) {
    MarkSettled(now);
    return CheckPeer(now);
  }
  if (state_ == State::kDown) {
    if (deadline_ && now < *deadline_) return Change::kNone;
    BeginResolving();
  }
  if (state_ == State::kResolving) FinishResolving(now);
  if (state_ == State::kConnecting) return FinishConnecting(now);
  return Change::kNone;
}

void TcpConnection::BeginResolving() {
  resolver_.emplace(host_, port_);
  state_ = State::kResolving;
}

void TcpConnection::FinishResolving(Clock::time_point now) {
  std::optional<Resolution> result = resolver_->Result();
  if (!result) {
    deadline_ = now + std::chrono::milliseconds(Resolver::kPollMilliseconds);
    return;
  }
  if (result->addresses.empty()) return Fail(host_ + ": " + result->error, now);
  resolver_.reset();
  resolution_ = std::move(*result);
  address_ = 0;
  BeginConnecting(now);
}

void TcpConnection::BeginConnecting(Clock::time_point now) {
  const Address& address = resolution_.addresses[address_];
  fd_.Reset(::socket(address.Family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd_) return Fail(std::string("no socket: ") + std::strerror(errno), now);
  TrySetOption(fd_.Get(), SOL_SOCKET, SO_SNDBUF, kSendBuffer);
  TrySetOption(fd_.Get(), SOL_SOCKET, SO_KEEPALIVE, 1);
  TrySetOption(fd_.Get(), IPPROTO_TCP, TCP_USER_TIMEOUT, kUserTimeoutMs);
  TrySetOption(fd_.Get(), IPPROTO_TCP, TCP_NODELAY, 1);
  state_ = State::kConnecting;
  deadline_ = now + kConnectTimeout;
  if (::connect(fd_.Get(), address.Get(), address.length) == 0 || errno == EINPROGRESS) return;
  // FinishConnecting() tries the next address.
  send_error_ = errno;
}

TcpConnection::Change TcpConnection::FinishConnecting(Clock::time_point now) {
  while (true) {
    int error = std::exchange(send_error_, 0);
    if (error == 0 && !Ready(fd_.Get(), POLLOUT)) {
      if (now < *deadline_) return Change::kNone;
      error = ETIMEDOUT;
    }
    if (error == 0) error = PendingError(fd_.Get());
    if (error == 0) {
      state_ = State::kUp;
      deadline_.reset();
      up_since_ = now;
      reason_.clear();
      return Change::kUp;
    }
    if (++address_ == resolution_.addresses.size()) {
      Fail(std::strerror(error), now);
      return Change::kNone;
    }
    BeginConnecting(now);
    if (state_ != State::kConnecting) return Change::kNone;
  }
}

// Linux ends a connection in order (FIN) only if the program at the other end has read all that had
// arrived, and else resets it.
TcpConnection::Change TcpConnection::CheckPeer(Clock::time_point now) {
  if (send_error_ != 0) {
    Fail(std::strerror(send_error_), now);
    return Change::kBroken;
  }
  const std::optional<int> end = DropInput(fd_.Get());
  if (!end) return Change::kNone;
  const bool in_order = *end == 0 && AllAcknowledged();
  Fail(*end == 0 ? "closed by the server" : std::strerror(*end), now);
  return in_order ? Change::kClosed : Change::kBroken;
}

std::optional<size_t> TcpConnection::Send(std::span<const iovec> pieces,
                                          Clock::time_point /*now*/) {
  if (!Up()) return 0;
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(pieces.data());
  message.msg_iovlen = pieces.size();
  ssize_t count;
  do {
    count = ::sendmsg(fd_.Get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (count < 0 && errno == EINTR);
  if (count >= 0) return static_cast<size_t>(count);
  if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
  send_error_ = errno;
  return std::nullopt;
}

bool TcpConnection::AllAcknowledged() const {
  int unsent = 0;
  return !fd_ || (::ioctl(fd_.Get(), SIOCOUTQ, &unsent) == 0 && unsent == 0);
}

// The server's end comes when its program has read ours, and all before it.
bool TcpConnection::Finish(Clock::time_point deadline) {
  if (state_ != State::kUp || ::shutdown(fd_.Get(), SHUT_WR) != 0) return false;
  while (WaitFor(fd_.Get(), POLLIN, deadline)) {
    const std::optional<int> end = DropInput(fd_.Get());
    if (end) return *end == 0;
  }
  return false;
}

Wait TcpConnection::GetWait(bool sending) const {
  switch (state_) {
    case State::kDown:
    case State::kResolving:
      return {-1, 0, deadline_.value_or(Clock::time_point::min())};
    case State::kConnecting:
      return {fd_.Get(), POLLOUT, deadline_};
    case State::kUp:
      return {fd_.Get(), static_cast<short>(sending ? POLLIN | POLLOUT : POLLIN), std::nullopt};
  }
  return {};
}

}  // namespace s390log
