// SPDX-License-Identifier: MIT
#include "logd/deadline_stream.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace s390log {

// True if it is ready; false if it is too late.
bool DeadlineStream::Wait(short events) const {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now());
    if (left.count() <= 0) return false;
    std::array<pollfd, 2> waits = {{{fd_, events, 0}, {stop_fd_, POLLIN, 0}}};
    const int ready = ::poll(waits.data(), waits.size(), static_cast<int>(left.count()));
    if (ready < 0 && errno != EINTR) return false;
    if (waits[1].revents != 0) return false;
    if (ready > 0) return true;
  }
}

ssize_t DeadlineStream::read(char* to, size_t size) {
  while (left_ > 0 && Wait(POLLIN)) {
    const ssize_t count = ::recv(fd_, to, std::min(size, left_), MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (count > 0) left_ -= static_cast<size_t>(count);
    return count;
  }
  return -1;
}

ssize_t DeadlineStream::write(const char* from, size_t size) {
  while (Wait(POLLOUT)) {
    const ssize_t count = ::send(fd_, from, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    return count;
  }
  return -1;
}

// Nobody asks who they are.
void DeadlineStream::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

void DeadlineStream::get_local_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

}  // namespace s390log
