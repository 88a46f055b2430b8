// SPDX-License-Identifier: MIT
// A client that sends what it is told, byte by byte, to a server on the loopback.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "s390log/unique_fd.h"
#include "tests/host/loopback.h"

namespace s390log {

class HttpClient {
 public:
  explicit HttpClient(uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = Loopback(port);
    if (::connect(fd_.Get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) < 0) {
      throw std::runtime_error("connect");
    }
  }

  // The server may have closed already.
  void Send(const std::string& bytes) const {
    (void)!::send(fd_.Get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }

  void Reset() {
    const linger now{1, 0};
    ::setsockopt(fd_.Get(), SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    fd_.Reset();
  }

  // Everything until the server closes; throws if it does not within the limit.
  std::string Receive(std::chrono::seconds limit = std::chrono::seconds(20)) const {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    std::string answer;
    std::array<char, 4096> bytes;
    while (true) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      pollfd wait{fd_.Get(), POLLIN, 0};
      if (left.count() <= 0 || ::poll(&wait, 1, static_cast<int>(left.count())) == 0) {
        throw std::runtime_error("the server has not closed; so far: " + answer);
      }
      const ssize_t count = ::recv(fd_.Get(), bytes.data(), bytes.size(), 0);
      if (count <= 0) return answer;
      answer.append(bytes.data(), static_cast<size_t>(count));
    }
  }

 private:
  UniqueFd fd_;
};

inline std::string HttpAsk(uint16_t port, const std::string& request) {
  const HttpClient client(port);
  client.Send(request);
  return client.Receive();
}

inline std::string HttpGet(uint16_t port, const std::string& path = "/metrics") {
  return HttpAsk(port, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
}

// "HTTP/1.1 200 OK"
inline std::string StatusLine(const std::string& answer) {
  return answer.substr(0, answer.find("\r\n"));
}

inline std::string Body(const std::string& answer) {
  const size_t end = answer.find("\r\n\r\n");
  return end == std::string::npos ? "" : answer.substr(end + 4);
}

}  // namespace s390log
