// SPDX-License-Identifier: MIT
// Where a server listens: an address and a port. Numbers only, so that nothing is asked of DNS.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace s390log {

struct ListenAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;

  // "127.0.0.1:9639", "[::1]:9639"; port 0 is any that is free.
  static std::optional<ListenAddress> Parse(std::string_view text);

  // Only this machine can reach it.
  bool IsLoopback() const;
  std::string ToString() const;
  const sockaddr* Get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

}  // namespace s390log
