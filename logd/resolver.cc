// SPDX-License-Identifier: MIT
#include "logd/resolver.h"

#include <netdb.h>

#include <cstring>
#include <mutex>
#include <thread>

namespace s390log {
namespace {

Resolution Resolve(const std::string& host, uint16_t port, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* found = nullptr;
  const int rc = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (rc != 0) return {{}, ::gai_strerror(rc)};
  Resolution resolution;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    Address address{};
    std::memcpy(&address.storage, each->ai_addr, each->ai_addrlen);
    address.length = each->ai_addrlen;
    resolution.addresses.push_back(address);
  }
  ::freeaddrinfo(found);
  return resolution;
}

}  // namespace

struct Resolver::Shared {
  std::mutex mutex;
  std::optional<Resolution> result;
};

Resolver::Resolver(const std::string& host, uint16_t port) : shared_(std::make_shared<Shared>()) {
  Resolution numeric = Resolve(host, port, AI_NUMERICHOST | AI_NUMERICSERV);
  if (!numeric.addresses.empty()) {
    shared_->result = std::move(numeric);
    return;
  }
  // Detached: getaddrinfo() cannot be ended, and may take minutes.
  std::thread([shared = shared_, host, port] {
    Resolution resolution = Resolve(host, port, AI_NUMERICSERV);
    const std::lock_guard lock(shared->mutex);
    shared->result = std::move(resolution);
  }).detach();
}

std::optional<Resolution> Resolver::Result() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->result;
}

}  // namespace s390log
