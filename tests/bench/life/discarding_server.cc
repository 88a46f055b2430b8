// SPDX-License-Identifier: MIT
#include "tests/bench/life/discarding_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>
#include <vector>

#include "tests/host/loopback.h"

namespace s390log {
namespace {

constexpr size_t kBytes = 65536;
constexpr int kLimitMs = 20'000;  // until somebody comes

}  // namespace

DiscardingServer::DiscardingServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = Loopback(0);
  socklen_t length = sizeof(address);
  if (::bind(listener_.Get(), reinterpret_cast<sockaddr*>(&address), length) < 0 ||
      ::listen(listener_.Get(), 1) < 0 ||
      ::getsockname(listener_.Get(), reinterpret_cast<sockaddr*>(&address), &length) < 0) {
    throw std::system_error(errno, std::system_category(), "no server on the loopback");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

void DiscardingServer::Serve() const {
  pollfd ready{listener_.Get(), POLLIN, 0};
  if (::poll(&ready, 1, kLimitMs) <= 0) return;
  const UniqueFd client(::accept4(listener_.Get(), nullptr, nullptr, SOCK_CLOEXEC));
  std::vector<char> bytes(kBytes);
  while (::recv(client.Get(), bytes.data(), bytes.size(), 0) > 0) {
  }
}

}  // namespace s390log
