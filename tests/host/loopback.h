// SPDX-License-Identifier: MIT
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>

#include "s390log/unique_fd.h"

namespace s390log {

inline sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// One that nobody had a moment ago; SOCK_STREAM or SOCK_DGRAM.
inline uint16_t FreePort(int type) {
  const UniqueFd fd(::socket(AF_INET, type, 0));
  sockaddr_in address = Loopback(0);
  socklen_t length = sizeof(address);
  ::bind(fd.Get(), reinterpret_cast<sockaddr*>(&address), length);
  ::getsockname(fd.Get(), reinterpret_cast<sockaddr*>(&address), &length);
  return ntohs(address.sin_port);
}

}  // namespace s390log
