// SPDX-License-Identifier: MIT
// Stands between a client and a server on the loopback and does harm, worked by hand from the
// test's own thread.
#pragma once

#include <cstdint>
#include <string>

#include "s390log/unique_fd.h"

namespace s390log {

class TcpProxy {
 public:
  explicit TcpProxy(uint16_t server);

  uint16_t Port() const { return port_; }

  // Accepts, and passes on what has come.
  void Serve();

  // Each ends the present connection. What the client has sent and the server not got is lost.
  void Reset();
  void Close();
  // Only the client's reading end; what it still sends is passed on for a while.
  void HalfClose();

 private:
  void Accept();
  bool Forward();
  void Drop();

  uint16_t server_port_;
  UniqueFd listener_;
  uint16_t port_ = 0;
  UniqueFd client_;
  UniqueFd server_;
  std::string pending_;  // from client to server
};

}  // namespace s390log
