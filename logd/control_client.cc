// SPDX-License-Identifier: MIT
#include "logd/control_client.h"

#include <sys/time.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "logd/access_error.h"
#include "logd/unix_address.h"
#include "s390log/unique_fd.h"

namespace s390log {
namespace {

constexpr size_t kMaxReply = 1 << 20;

[[noreturn]] void Throw(const std::string& what) {
  throw std::system_error(errno, std::system_category(), what);
}

void SendAll(int fd, const std::string& bytes) {
  size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t count = ::send(fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) Throw("cannot ask logd");
    sent += static_cast<size_t>(count);
  }
}

std::string ReceiveLine(int fd) {
  std::string line;
  std::array<char, 4096> bytes;
  while (line.size() < kMaxReply) {
    const ssize_t count = ::recv(fd, bytes.data(), bytes.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) Throw("logd does not answer");
    if (count == 0) break;
    line.append(bytes.data(), static_cast<size_t>(count));
    if (line.back() == '\n') break;
  }
  if (line.empty() || line.back() != '\n') throw std::runtime_error("logd broke off its answer");
  line.pop_back();
  return line;
}

}  // namespace

std::optional<std::string> AskLogd(const std::string& path, const std::string& request,
                                   std::chrono::seconds limit) {
  const auto address = UnixAddress(path);
  if (!address) throw std::runtime_error("the path is too long for a socket: " + path);
  const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) Throw("no socket");
  const timeval timeout{limit.count(), 0};
  (void)::setsockopt(fd.Get(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
  if (ConnectUnix(fd.Get(), *address) < 0) {
    if (errno == ENOENT || errno == ECONNREFUSED) return std::nullopt;
    if (errno == EACCES) throw DeniedTo(path);
    Throw("cannot reach logd at " + path);
  }
  SendAll(fd.Get(), request + '\n');
  return ReceiveLine(fd.Get());
}

}  // namespace s390log
