// SPDX-License-Identifier: MIT
#include "logd/control_server.h"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "logd/unix_address.h"

namespace s390log {
namespace {

constexpr int kListenBacklog = 16;

UniqueFd Socket() {
  return UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

bool IsSocket(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode);
}

bool WouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK; }

}  // namespace

ControlServer::ControlServer(std::string path, Handler handler)
    : path_(std::move(path)), handler_(std::move(handler)), fd_(Socket()) {
  Listen();
}

ControlServer::~ControlServer() { ::unlink(path_.c_str()); }

void ControlServer::Listen() {
  const auto address = UnixAddress(path_);
  if (!address) throw std::runtime_error("the path of the control socket is too long: " + path_);
  const auto fail = [this] {
    throw std::system_error(errno, std::system_category(), "no control socket at " + path_);
  };
  if (!fd_) fail();
  const UniqueFd probe = Socket();
  if (ConnectUnix(probe.Get(), *address) == 0) {
    throw std::runtime_error("another logd is running: it answers at " + path_);
  }
  // Left by one that was killed. (A file of another kind refuses connections, too.)
  if (errno == ECONNREFUSED && IsSocket(path_)) ::unlink(path_.c_str());
  const mode_t old_mask = ::umask(0117);
  const int rc = ::bind(fd_.Get(), reinterpret_cast<const sockaddr*>(&*address), sizeof(*address));
  ::umask(old_mask);
  if (rc < 0 || ::listen(fd_.Get(), kListenBacklog) < 0) fail();
}

void ControlServer::AddWaits(std::vector<pollfd>& waits) const {
  if (clients_.size() < kMaxClients) waits.push_back({fd_.Get(), POLLIN, 0});
  for (const Client& client : clients_) {
    const bool replying = !client.reply.empty();
    waits.push_back({client.fd.Get(), static_cast<short>(replying ? POLLOUT : POLLIN), 0});
  }
}

std::optional<ControlServer::Clock::time_point> ControlServer::Deadline() const {
  if (clients_.empty()) return std::nullopt;
  return clients_.front().deadline;
}

void ControlServer::Serve(Clock::time_point now) {
  Accept(now);
  clients_.remove_if([&](Client& client) { return !Step(client) || now >= client.deadline; });
}

void ControlServer::Accept(Clock::time_point now) {
  while (clients_.size() < kMaxClients) {
    UniqueFd fd(::accept4(fd_.Get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd) return;
    clients_.push_back({std::move(fd), now + kClientTimeout, {}, {}, 0});
  }
}

bool ControlServer::Step(Client& client) {
  if (client.reply.empty() && !Receive(client)) return false;
  return client.reply.empty() || Send(client);
}

bool ControlServer::Receive(Client& client) {
  std::array<char, kMaxRequest> bytes;
  const ssize_t count = ::recv(client.fd.Get(), bytes.data(), bytes.size(), 0);
  if (count < 0) return WouldBlock() || errno == EINTR;
  if (count == 0) return false;
  client.request.append(bytes.data(), static_cast<size_t>(count));
  const size_t end = client.request.find('\n');
  if (end == std::string::npos) return client.request.size() < kMaxRequest;
  if (end >= kMaxRequest) return false;
  client.reply = handler_(client.request.substr(0, end)) + '\n';
  return true;
}

bool ControlServer::Send(Client& client) {
  while (client.sent < client.reply.size()) {
    const ssize_t count = ::send(client.fd.Get(), client.reply.data() + client.sent,
                                 client.reply.size() - client.sent, MSG_NOSIGNAL);
    if (count < 0) return WouldBlock() || errno == EINTR;
    client.sent += static_cast<size_t>(count);
  }
  return false;
}

}  // namespace s390log
