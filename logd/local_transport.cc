// SPDX-License-Identifier: MIT
#include "logd/local_transport.h"

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "logd/socket_state.h"
#include "logd/unix_address.h"

namespace s390log {
namespace {

constexpr std::chrono::seconds kSettled{2};  // as of a TCP connection
constexpr int kFinishPollMs = 2;

}  // namespace

void LocalTransport::Fail(const std::string& reason, Clock::time_point now) {
  reason_ = reason;
  fd_.Reset();
  send_error_ = 0;
  up_since_.reset();
  deadline_ = backoff_.Failed(now);
}

LocalTransport::Change LocalTransport::Step(Clock::time_point now) {
  if (fd_) return CheckPeer(now);
  if (deadline_ && now < *deadline_) return Change::kNone;
  return Connect(now);
}

// A listener whose queue is full answers at once, too: EAGAIN.
LocalTransport::Change LocalTransport::Connect(Clock::time_point now) {
  const auto address = UnixAddress(path_);
  fd_.Reset(::socket(AF_UNIX, type_ | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!address) errno = ENAMETOOLONG;
  if (!address || !fd_ || ConnectUnix(fd_.Get(), *address) != 0) {
    const bool other = errno == EPROTOTYPE;
    Fail(other ? "it is a socket of the other kind; change the key socket" : std::strerror(errno),
         now);
    return Change::kNone;
  }
  deadline_.reset();
  reason_.clear();
  up_since_ = now;
  return Change::kUp;
}

// A stream whose end was closed with something unread is reset, as with TCP. Datagrams that were
// unread are just gone, and the next one finds out.
LocalTransport::Change LocalTransport::CheckPeer(Clock::time_point now) {
  if (up_since_ && now - *up_since_ >= kSettled) {
    up_since_.reset();
    backoff_.Succeeded();
  }
  if (send_error_ != 0) {
    Fail(std::strerror(send_error_), now);
    return Change::kBroken;
  }
  const std::optional<int> end = DropInput(fd_.Get());
  if (!end || (*end == 0 && type_ == SOCK_DGRAM)) return Change::kNone;  // or an empty datagram
  Fail(*end == 0 ? "closed by the server" : std::strerror(*end), now);
  return *end == 0 ? Change::kClosed : Change::kBroken;
}

std::optional<size_t> LocalTransport::Send(std::span<const iovec> pieces,
                                           Clock::time_point /*now*/) {
  if (!fd_) return 0;
  return type_ == SOCK_DGRAM ? SendDatagrams(pieces) : SendStream(pieces);
}

// After `taken` bytes the system took no more.
std::optional<size_t> LocalTransport::Refused(size_t taken) {
  if (errno == EAGAIN || errno == ENOBUFS) return taken;
  send_error_ = errno;
  if (taken > 0) return taken;
  return std::nullopt;
}

std::optional<size_t> LocalTransport::SendDatagrams(std::span<const iovec> pieces) {
  size_t taken = 0;
  for (const iovec& piece : pieces) {
    ssize_t count;
    do {
      count = ::send(fd_.Get(), piece.iov_base, piece.iov_len, MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return Refused(taken);
    taken += static_cast<size_t>(count);
  }
  return taken;
}

std::optional<size_t> LocalTransport::SendStream(std::span<const iovec> pieces) {
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(pieces.data());
  message.msg_iovlen = pieces.size();
  ssize_t count;
  do {
    count = ::sendmsg(fd_.Get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (count < 0 && errno == EINTR);
  return count < 0 ? Refused(0) : std::optional<size_t>(static_cast<size_t>(count));
}

// Linux counts what the reader has not taken yet.
bool LocalTransport::AllAcknowledged() const {
  int unread = 0;
  return !fd_ || (::ioctl(fd_.Get(), SIOCOUTQ, &unread) == 0 && unread == 0);
}

bool LocalTransport::Finish(Clock::time_point deadline) {
  while (fd_ && !AllAcknowledged()) {
    if (Clock::now() >= deadline) return false;
    ::poll(nullptr, 0, kFinishPollMs);
  }
  return Up();
}

Wait LocalTransport::GetWait(bool sending) const {
  if (!fd_) return {-1, 0, deadline_.value_or(Clock::time_point::min())};
  if (send_error_ != 0) return {-1, 0, Clock::time_point::min()};
  return {fd_.Get(), static_cast<short>(sending ? POLLIN | POLLOUT : POLLIN), std::nullopt};
}

}  // namespace s390log
