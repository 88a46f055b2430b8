// SPDX-License-Identifier: MIT
#include "logd/listen_address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <array>
#include <charconv>
#include <cstring>

namespace s390log {
namespace {

std::optional<uint16_t> PortOf(std::string_view text) {
  uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc() || at != end) return std::nullopt;
  return port;
}

template <typename Address>
ListenAddress Stored(const Address& address) {
  ListenAddress stored;
  std::memcpy(&stored.storage, &address, sizeof(address));
  stored.length = sizeof(address);
  return stored;
}

template <typename Address>
Address Loaded(const sockaddr_storage& storage) {
  Address address{};
  std::memcpy(&address, &storage, sizeof(address));
  return address;
}

}  // namespace

std::optional<ListenAddress> ListenAddress::Parse(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = PortOf(text.substr(colon + 1));
  if (!port) return std::nullopt;
  std::string host(text.substr(0, colon));
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(*port);
    host = host.substr(1, host.size() - 2);
    if (::inet_pton(AF_INET6, host.c_str(), &address.sin6_addr) != 1) return std::nullopt;
    return Stored(address);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(*port);
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) return std::nullopt;
  return Stored(address);
}

bool ListenAddress::IsLoopback() const {
  if (storage.ss_family == AF_INET6) {
    const auto address = Loaded<sockaddr_in6>(storage);
    return IN6_IS_ADDR_LOOPBACK(&address.sin6_addr);
  }
  return ntohl(Loaded<sockaddr_in>(storage).sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

std::string ListenAddress::ToString() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (storage.ss_family == AF_INET6) {
    const auto address = Loaded<sockaddr_in6>(storage);
    ::inet_ntop(AF_INET6, &address.sin6_addr, text.data(), text.size());
    return fmt::format("[{}]:{}", text.data(), ntohs(address.sin6_port));
  }
  const auto address = Loaded<sockaddr_in>(storage);
  ::inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size());
  return fmt::format("{}:{}", text.data(), ntohs(address.sin_port));
}

}  // namespace s390log
