// SPDX-License-Identifier: MIT
// Serves what is on a MetricsBoard at http://ADDRESS/metrics, from threads of its own.
//
// cpp-httplib speaks HTTP. Accepting is done here: its own loop takes any number of connections at
// once, shares its port with whoever asks, and ends at the first connection that is reset early.
// kClients are served at once, each for kTime at most; kWaiting more wait in the kernel.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "logd/listen_address.h"
#include "logd/metrics_board.h"
#include "s390log/unique_fd.h"

namespace s390log {

class MetricsServer {
 public:
  static constexpr size_t kClients = 4;
  static constexpr int kWaiting = 16;
  static constexpr size_t kMaxRequest = 4096;  // bytes
  // For request and answer. More than the patience of the board.
  static constexpr std::chrono::seconds kTime{5};

  // Listens, and starts. `board` outlives this. Throws std::system_error with the address.
  MetricsServer(const ListenAddress& address, MetricsBoard& board,
                std::chrono::milliseconds time = kTime);
  // Closes the board, breaks off what is being answered, and waits for the threads.
  ~MetricsServer();
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

  // With the port, if any was asked for.
  const ListenAddress& Address() const { return address_; }

 private:
  class Http;

  void Listen();
  void Start();
  void Work();
  void Serve(int fd);

  ListenAddress address_;
  MetricsBoard& board_;
  std::chrono::milliseconds time_;
  std::unique_ptr<Http> http_;
  UniqueFd stop_;
  UniqueFd fd_;
  std::vector<std::thread> threads_;
};

}  // namespace s390log
