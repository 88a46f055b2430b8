// SPDX-License-Identifier: MIT
// The control socket: a client connects, sends one line, gets one line of JSON, and is closed.
//
// In the daemon's one thread, never blocking. At most kMaxClients at once, further ones wait in the
// backlog of the socket; a client that has not finished after kClientTimeout is dropped.
#pragma once

#include <poll.h>

#include <chrono>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "s390log/unique_fd.h"

namespace s390log {

class ControlServer {
 public:
  using Clock = std::chrono::steady_clock;
  // From a request to the reply, both without newline.
  using Handler = std::function<std::string(const std::string& request)>;

  static constexpr size_t kMaxClients = 8;
  static constexpr size_t kMaxRequest = 256;  // bytes, with the newline
  static constexpr std::chrono::seconds kClientTimeout{2};

  // Takes the place of a socket that nobody listens on. Throws std::system_error.
  ControlServer(std::string path, Handler handler);
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

  void AddWaits(std::vector<pollfd>& waits) const;
  std::optional<Clock::time_point> Deadline() const;
  void Serve(Clock::time_point now);

 private:
  struct Client {
    UniqueFd fd;
    Clock::time_point deadline;
    std::string request;
    std::string reply;
    size_t sent = 0;
  };

  void Listen();
  void Accept(Clock::time_point now);
  bool Step(Client& client);  // false: done with it
  bool Receive(Client& client);
  bool Send(Client& client);

  std::string path_;
  Handler handler_;
  UniqueFd fd_;
  std::list<Client> clients_;
};

}  // namespace s390log
