// SPDX-License-Identifier: MIT
// A server on the loopback that means harm, in a thread of its own: what it does with a connection
// is a function, which ends when the connection does, or when Stopped().
#pragma once

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "s390log/unique_fd.h"
#include "tests/host/loopback.h"

namespace s390log {

class HostileServer {
 public:
  using Work = std::function<void(HostileServer& server, int fd)>;

  explicit HostileServer(Work work, int receive_buffer = 0) : work_(std::move(work)) {
    fd_.Reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (receive_buffer != 0) {
      ::setsockopt(fd_.Get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    }
    sockaddr_in address = Loopback(0);
    socklen_t length = sizeof(address);
    auto* name = reinterpret_cast<sockaddr*>(&address);
    if (::bind(fd_.Get(), name, length) < 0 || ::listen(fd_.Get(), 4) < 0) {
      throw std::runtime_error("no hostile server");
    }
    ::getsockname(fd_.Get(), name, &length);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Run(); });
  }
  ~HostileServer() { Stop(); }
  HostileServer(const HostileServer&) = delete;
  HostileServer& operator=(const HostileServer&) = delete;

  uint16_t Port() const { return port_; }
  bool Stopped() const { return stopped_; }
  int Connections() const { return connections_; }

  void Stop() {
    stopped_ = true;
    if (thread_.joinable()) thread_.join();
  }

 private:
  // No call to the connection waits for longer than this: then Stopped() is looked at again.
  static constexpr int kPatienceMs = 50;

  void Run() {
    while (!stopped_) {
      pollfd ready{fd_.Get(), POLLIN, 0};
      if (::poll(&ready, 1, kPatienceMs) <= 0) continue;
      const UniqueFd client(::accept4(fd_.Get(), nullptr, nullptr, SOCK_CLOEXEC));
      const timeval patience{0, kPatienceMs * 1000};
      ::setsockopt(client.Get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
      ::setsockopt(client.Get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
      ++connections_;
      work_(*this, client.Get());
    }
  }

  Work work_;
  UniqueFd fd_;
  uint16_t port_ = 0;
  std::atomic<bool> stopped_ = false;
  std::atomic<int> connections_ = 0;
  std::thread thread_;
};

}  // namespace s390log
