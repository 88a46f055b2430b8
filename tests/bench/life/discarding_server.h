// SPDX-License-Identifier: MIT
// A TCP server on the loopback that reads what comes and keeps nothing.
#pragma once

#include <cstdint>
#include <thread>

#include "s390log/unique_fd.h"

namespace s390log {

class DiscardingServer {
 public:
  DiscardingServer();
  // After its client has gone.
  ~DiscardingServer() { thread_.join(); }

  uint16_t Port() const { return port_; }

 private:
  void Serve() const;

  UniqueFd listener_;
  uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace s390log
