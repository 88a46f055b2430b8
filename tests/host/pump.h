// SPDX-License-Identifier: MIT
// Drives a sink as the daemon does.
#pragma once

#include <poll.h>

#include <functional>

#include "logd/sink.h"

namespace s390log {

// Until `done`, at most 10 s. `beside` is called each time round: the other end, for example.
inline bool Pump(
    Sink& sink, const Backlog& backlog, const std::function<bool()>& done,
    const std::function<void()>& beside = [] {}) {
  const Clock::time_point deadline = Clock::now() + std::chrono::seconds(10);
  while (!done()) {
    if (Clock::now() >= deadline) return false;
    sink.Follow(backlog, Clock::now());
    beside();
    const Wait wait = sink.GetWait(backlog);
    pollfd poll_fd{wait.fd, wait.events, 0};
    ::poll(&poll_fd, wait.fd >= 0 ? 1 : 0, 2);
  }
  return true;
}

// So many turns.
inline void Turn(Sink& sink, const Backlog& backlog, int turns) {
  for (int i = 0; i < turns; ++i) {
    sink.Follow(backlog, Clock::now());
    ::poll(nullptr, 0, 2);
  }
}

}  // namespace s390log
