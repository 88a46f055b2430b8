// SPDX-License-Identifier: MIT
// Turns a host name into addresses without blocking: getaddrinfo() in a thread of its own.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace s390log {

struct Address {
  sockaddr_storage storage;
  socklen_t length;

  int Family() const { return storage.ss_family; }
  const sockaddr* Get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

struct Resolution {
  std::vector<Address> addresses;
  std::string error;  // if there are none
};

class Resolver {
 public:
  // How often to ask for the result.
  static constexpr int kPollMilliseconds = 20;

  // An answer that comes after the resolver is gone is dropped.
  Resolver(const std::string& host, uint16_t port);

  std::optional<Resolution> Result() const;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace s390log
