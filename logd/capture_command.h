// SPDX-License-Identifier: MIT
// logctl capture: records the channel into files until it is told to stop.
#pragma once

#include <cstdint>
#include <string>

#include "s390log/capture_writer.h"

namespace s390log {

struct CaptureOptions {
  std::string folder;
  std::string device = "/dev/s390_log";
  CaptureLimits limits;
  uint64_t seconds = 0;  // 0: until SIGINT or SIGTERM
  bool quiet = false;
  bool json = false;  // the summary; counters while it runs are for people
};

// The exit code. Throws std::exception before anything was captured.
int RunCapture(const CaptureOptions& options);

}  // namespace s390log
