// SPDX-License-Identifier: MIT
// A logd that is started as systemd would, and watched from outside.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "s390log/unique_fd.h"
#include "tests/host/child.h"

namespace s390log {

class WatchedLogd {
 public:
  // `folder` is for its socket and its log.
  WatchedLogd(std::string program, std::string config, std::string folder);

  // Until it says READY=1; returns how long that took from the start. Throws std::runtime_error
  // with what it has said if it has not after 20 s.
  std::chrono::nanoseconds Start();
  // In order, at most 60 s. Returns its last line: the balance.
  std::string Stop();

  // In KiB, as /proc/PID/status has it under `key`.
  uint64_t Memory(const std::string& key) const;

 private:
  std::string program_;
  std::string config_;
  std::string folder_;
  UniqueFd notify_;
  std::unique_ptr<Child> child_;
};

}  // namespace s390log
