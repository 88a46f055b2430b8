// SPDX-License-Identifier: MIT
#include "tests/host/tcp_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <stdexcept>

#include "tests/host/loopback.h"

namespace s390log {

TcpProxy::TcpProxy(uint16_t server)
    : server_port_(server), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
  sockaddr_in address = Loopback(0);
  socklen_t length = sizeof(address);
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_.Get(), raw, length) != 0 || ::listen(listener_.Get(), 4) != 0) {
    throw std::runtime_error("the proxy cannot listen");
  }
  ::getsockname(listener_.Get(), raw, &length);
  port_ = ntohs(address.sin_port);
}

// Without a server it takes nobody in; who has connected waits.
void TcpProxy::Accept() {
  UniqueFd server(::socket(AF_INET, SOCK_STREAM, 0));
  const sockaddr_in address = Loopback(server_port_);
  if (::connect(server.Get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return;
  }
  client_.Reset(::accept4(listener_.Get(), nullptr, nullptr, SOCK_NONBLOCK));
  if (client_) server_ = std::move(server);
}

// False: one of them has gone.
bool TcpProxy::Forward() {
  constexpr size_t kMaxPending = 65536;
  std::array<char, 16384> bytes;
  if (pending_.size() < kMaxPending) {
    const ssize_t count = ::recv(client_.Get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (count == 0 || (count < 0 && errno != EAGAIN)) return false;
    if (count > 0) pending_.append(bytes.data(), static_cast<size_t>(count));
  }
  const ssize_t back = ::recv(server_.Get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (back == 0 || (back < 0 && errno != EAGAIN)) return false;
  if (back > 0) ::send(client_.Get(), bytes.data(), static_cast<size_t>(back), MSG_NOSIGNAL);
  const ssize_t count =
      ::send(server_.Get(), pending_.data(), pending_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (count < 0 && errno != EAGAIN) return false;
  if (count > 0) pending_.erase(0, static_cast<size_t>(count));
  return true;
}

void TcpProxy::Serve() {
  if (!client_) Accept();
  for (int i = 0; client_ && i < 16; ++i) {
    if (!Forward()) Drop();
  }
}

void TcpProxy::Drop() {
  client_.Reset();
  server_.Reset();
  pending_.clear();
}

void TcpProxy::Reset() {
  const linger now{1, 0};
  ::setsockopt(client_.Get(), SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  Drop();
}

void TcpProxy::Close() { Drop(); }

void TcpProxy::HalfClose() { ::shutdown(client_.Get(), SHUT_WR); }

}  // namespace s390log
