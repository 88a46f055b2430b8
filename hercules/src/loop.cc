// SPDX-License-Identifier: MIT
#include "hercules/src/loop.h"

#include <poll.h>

#include <cerrno>
#include <vector>

#include "hercules/src/error.h"

namespace lab {

namespace {

constexpr milliseconds kStep(50);

}  // namespace

bool Loop::RunUntil(const std::function<bool()>& done, const Deadline& deadline) {
  while (!done()) {
    if (deadline.Passed()) return false;
    RunOnce(std::min(kStep, deadline.Left()));
  }
  return true;
}

void Loop::RunOnce(milliseconds limit) {
  std::vector<pollfd> fds;
  for (const auto& [fd, ready] : watched_) fds.push_back({fd, POLLIN, 0});
  if (poll(fds.data(), fds.size(), static_cast<int>(limit.count())) < 0 && errno != EINTR) {
    ThrowErrno("waiting for descriptors");
  }
  for (const pollfd& entry : fds) {
    if (entry.revents == 0) continue;
    // An earlier callback may have forgotten this one.
    const auto found = watched_.find(entry.fd);
    if (found == watched_.end()) continue;
    const std::function<void()> ready = found->second;
    ready();
  }
}

}  // namespace lab
