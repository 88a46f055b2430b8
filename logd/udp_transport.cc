// SPDX-License-Identifier: MIT
#include "logd/udp_transport.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "logd/socket_state.h"
#include "logd/syslog_format.h"

namespace s390log {
namespace {

constexpr int kIp4Overhead = 28;  // headers of IP and UDP, without options
constexpr int kIp6Overhead = 48;
constexpr size_t kMaxBytes = UINT16_MAX - kIp4Overhead;
constexpr size_t kMaxDatagrams = 64;

size_t BytesOf(std::span<const mmsghdr> messages) {
  size_t bytes = 0;
  for (const mmsghdr& message : messages) bytes += message.msg_hdr.msg_iov->iov_len;
  return bytes;
}

}  // namespace

UdpTransport::Change UdpTransport::Fail(const std::string& reason, Clock::time_point now) {
  const bool sent = state_ == State::kTrying || state_ == State::kUp;
  reason_ = reason;
  fd_.Reset();
  resolver_.reset();
  send_error_ = 0;
  ++attempt_;
  state_ = State::kDown;
  deadline_ = backoff_.Failed(now);
  return sent ? Change::kClosed : Change::kNone;
}

UdpTransport::Change UdpTransport::Step(Clock::time_point now) {
  if (state_ == State::kDown) {
    if (deadline_ && now < *deadline_) return Change::kNone;
    resolver_.emplace(host_, port_);
    state_ = State::kResolving;
  }
  if (state_ == State::kResolving) FinishResolving(now);
  if (!fd_) return Change::kNone;
  const int error = send_error_ != 0 ? send_error_ : PendingError(fd_.Get());
  if (error != 0 && error != EMSGSIZE) return Fail(std::strerror(error), now);
  if (error == EMSGSIZE) LearnPath();
  send_error_ = 0;
  if (state_ != State::kTrying || now < *deadline_) return Change::kNone;
  state_ = State::kUp;
  deadline_.reset();
  reason_.clear();
  backoff_.Succeeded();
  return Change::kUp;
}

void UdpTransport::FinishResolving(Clock::time_point now) {
  const std::optional<Resolution> result = resolver_->Result();
  if (!result) {
    deadline_ = now + std::chrono::milliseconds(Resolver::kPollMilliseconds);
    return;
  }
  if (result->addresses.empty()) {
    Fail(host_ + ": " + result->error, now);
    return;
  }
  resolver_.reset();
  Open(result->addresses[attempt_ % result->addresses.size()], now);
}

void UdpTransport::Open(const Address& address, Clock::time_point now) {
  family_ = address.Family();
  fd_.Reset(::socket(family_, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd_ || ::connect(fd_.Get(), address.Get(), address.length) != 0) {
    Fail(std::strerror(errno), now);
    return;
  }
  LearnPath();
  state_ = State::kOpen;
  deadline_.reset();
}

// Fragments are lost all together if one is, and many a network drops them: datagrams are not to be
// split. Only on a path that is narrower than any of today they have to be.
void UdpTransport::LearnPath() {
  const bool ip4 = family_ == AF_INET;
  const int level = ip4 ? IPPROTO_IP : IPPROTO_IPV6;
  TrySetOption(fd_.Get(), level, ip4 ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER,
               ip4 ? IP_PMTUDISC_DO : IPV6_PMTUDISC_DO);
  int mtu = 0;
  socklen_t length = sizeof(mtu);
  // If it is not known, a datagram that is too long tells.
  if (::getsockopt(fd_.Get(), level, ip4 ? IP_MTU : IPV6_MTU, &mtu, &length) != 0) {
    max_piece_ = std::min(max_piece_, kMaxBytes);
    return;
  }
  const int room = mtu - (ip4 ? kIp4Overhead : kIp6Overhead);
  max_piece_ =
      std::clamp(static_cast<size_t>(std::max(room, 0)), SyslogEncoder::kMinLimit, kMaxBytes);
  if (static_cast<size_t>(std::max(room, 0)) < SyslogEncoder::kMinLimit) AllowFragments();
}

void UdpTransport::AllowFragments() {
  const bool ip4 = family_ == AF_INET;
  TrySetOption(fd_.Get(), ip4 ? IPPROTO_IP : IPPROTO_IPV6,
               ip4 ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER,
               ip4 ? IP_PMTUDISC_DONT : IPV6_PMTUDISC_DONT);
}

// The path may not say what it takes.
size_t UdpTransport::TooLong(size_t size) {
  LearnPath();
  if (size <= max_piece_) max_piece_ = std::max(SyslogEncoder::kMinLimit, size / 2);
  if (size <= SyslogEncoder::kMinLimit) AllowFragments();
  return 0;
}

void UdpTransport::Refill(Clock::time_point now) {
  const double seconds = std::chrono::duration<double>(now - refilled_).count();
  tokens_ = std::min(kBurst, tokens_ + seconds * rate_);
  refilled_ = now;
}

std::optional<size_t> UdpTransport::Send(std::span<const iovec> pieces, Clock::time_point now) {
  if (state_ != State::kOpen && state_ != State::kUp) return 0;
  Refill(now);
  const size_t allowed = state_ == State::kOpen ? 1 : static_cast<size_t>(tokens_);
  const size_t count = std::min({pieces.size(), kMaxDatagrams, allowed});
  if (count == 0) return 0;
  std::array<mmsghdr, kMaxDatagrams> messages{};
  for (size_t i = 0; i < count; ++i) {
    messages[i].msg_hdr.msg_iov = const_cast<iovec*>(&pieces[i]);
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  const int sent = ::sendmmsg(fd_.Get(), messages.data(), static_cast<unsigned>(count), 0);
  if (sent <= 0) {
    if (errno == EAGAIN || errno == EINTR || errno == ENOBUFS) return 0;
    if (errno == EMSGSIZE) return TooLong(pieces[0].iov_len);
    send_error_ = errno;
    return std::nullopt;
  }
  tokens_ = std::max(0.0, tokens_ - sent);
  if (state_ == State::kOpen) {
    state_ = State::kTrying;
    deadline_ = now + kTryTime;
  }
  return BytesOf({messages.data(), static_cast<size_t>(sent)});
}

// An answer that nobody is there would have come meanwhile, if it comes from near.
bool UdpTransport::Finish(Clock::time_point deadline) {
  pollfd poll_fd{fd_.Get(), 0, 0};
  const auto limit = std::min(deadline - Clock::now(), Clock::duration(kTryTime));
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  return Up() && ::poll(&poll_fd, 1, static_cast<int>(std::max<int64_t>(left, 0))) == 0;
}

Wait UdpTransport::GetWait(bool sending) const {
  switch (state_) {
    case State::kDown:
    case State::kResolving:
      return {-1, 0, deadline_.value_or(Clock::time_point::min())};
    case State::kTrying:
      return {fd_.Get(), 0, deadline_};
    case State::kOpen:
    case State::kUp:
      break;
  }
  if (!sending) return {fd_.Get(), 0, std::nullopt};
  if (tokens_ >= 1) return {fd_.Get(), POLLOUT, std::nullopt};
  const auto pause = std::chrono::duration<double>(1 / rate_);
  return {fd_.Get(), 0, refilled_ + std::chrono::ceil<Clock::duration>(pause)};
}

}  // namespace s390log
