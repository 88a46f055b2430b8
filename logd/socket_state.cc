// SPDX-License-Identifier: MIT
#include "logd/socket_state.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace s390log {

void TrySetOption(int fd, int level, int option, int value) {
  (void)::setsockopt(fd, level, option, &value, sizeof(value));
}

int PendingError(int fd) {
  int error = 0;
  socklen_t length = sizeof(error);
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno;
}

std::optional<int> DropInput(int fd) {
  std::array<char, 4096> dropped;
  for (size_t turn = 0; turn < kMaxDropped / dropped.size(); ++turn) {
    const ssize_t count = ::recv(fd, dropped.data(), dropped.size(), MSG_DONTWAIT);
    if (count == 0) return 0;
    if (count > 0 || errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return std::nullopt;
    return errno;
  }
  return std::nullopt;
}

}  // namespace s390log
