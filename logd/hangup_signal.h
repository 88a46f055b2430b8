// SPDX-License-Identifier: MIT
// SIGHUP as a descriptor that becomes readable.
#pragma once

#include <sys/signalfd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "s390log/unique_fd.h"

namespace s390log {

// Blocks the signal for this thread and those it starts from now on.
inline UniqueFd HangupSignal() {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGHUP);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  UniqueFd fd(::signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!fd) throw std::system_error(errno, std::system_category(), "signalfd");
  return fd;
}

// Whether it has come since the last time; several count as one. (An eventfd will do, too.)
inline bool TakeSignal(int fd) {
  std::array<char, sizeof(signalfd_siginfo)> info;
  bool taken = false;
  while (::read(fd, info.data(), info.size()) > 0) taken = true;
  return taken;
}

}  // namespace s390log
