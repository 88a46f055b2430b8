// SPDX-License-Identifier: MIT
// SIGTERM, SIGINT and SIGQUIT as a descriptor that becomes readable, and stays so.
#pragma once

#include <sys/signalfd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

#include "s390log/unique_fd.h"

namespace s390log {

// Blocks these signals for this thread and those it starts from now on; ignores SIGPIPE.
inline UniqueFd StopSignals() {
  ::signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGTERM);
  ::sigaddset(&signals, SIGINT);
  ::sigaddset(&signals, SIGQUIT);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  UniqueFd fd(::signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!fd) throw std::system_error(errno, std::system_category(), "signalfd");
  return fd;
}

}  // namespace s390log
