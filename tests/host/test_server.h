// SPDX-License-Identifier: MIT
// A syslog server on the loopback, worked by hand from the test's own thread.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "s390log/unique_fd.h"
#include "tests/host/loopback.h"
#include "tests/host/syslog_parser.h"

namespace s390log {

class TestServer {
 public:
  // Reserves a port, but nobody listens yet.
  TestServer() : fd_(Bound(0)) {
    sockaddr_in address{};
    socklen_t length = sizeof(address);
    ::getsockname(fd_.Get(), reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
  }

  uint16_t Port() const { return port_; }

  void Listen() {
    if (!fd_) fd_ = Bound(port_);
    if (::listen(fd_.Get(), 4) < 0) throw std::runtime_error("listen");
  }

  // New connections are refused; the present one stays.
  void StopListening() { fd_.Reset(); }

  // Accepts and reads what is there.
  void Serve() {
    if (!client_ && fd_) {
      client_.Reset(::accept4(fd_.Get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (client_) ++connections_;
      stream_.clear();  // half a message ends with its connection
    }
    if (client_ && reading_) Read();
  }

  void SetReading(bool reading) { reading_ = reading; }

  // What the program had not read makes this a reset.
  void Close() { client_.Reset(); }
  void HalfClose() { ::shutdown(client_.Get(), SHUT_WR); }
  void Reset() {
    const linger now{1, 0};
    ::setsockopt(client_.Get(), SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    client_.Reset();
  }

  int Connections() const { return connections_; }
  bool Connected() const { return static_cast<bool>(client_); }

  // All messages so far, in order.
  const std::vector<ParsedMessage>& Messages() const { return messages_; }
  bool Broken() const { return broken_; }

  std::vector<uint64_t> Sequences() const {
    std::vector<uint64_t> sequences;
    for (const ParsedMessage& message : messages_) {
      sequences.push_back(std::stoull(message.params.at("sequence")));
    }
    return sequences;
  }

 private:
  static UniqueFd Bound(uint16_t port) {
    UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int yes = 1;
    ::setsockopt(fd.Get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    sockaddr_in address = Loopback(port);
    if (::bind(fd.Get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) < 0) {
      throw std::runtime_error("bind");
    }
    return fd;
  }

  void Read() {
    std::array<char, 65536> bytes;
    while (true) {
      const ssize_t count = ::recv(client_.Get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
      if (count == 0) client_.Reset();
      if (count <= 0) break;
      stream_.append(bytes.data(), static_cast<size_t>(count));
    }
    const auto frames = TakeFrames(stream_);
    broken_ |= !frames;
    if (!frames) return;
    for (const std::string& frame : *frames) {
      const auto message = ParseMessage(frame);
      broken_ |= !message;
      if (message) messages_.push_back(*message);
    }
  }

  UniqueFd fd_;
  uint16_t port_ = 0;
  UniqueFd client_;
  bool reading_ = true;
  int connections_ = 0;
  std::string stream_;
  std::vector<ParsedMessage> messages_;
  bool broken_ = false;
};

}  // namespace s390log
