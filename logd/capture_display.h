// SPDX-License-Identifier: MIT
// What logctl shows while it captures, and at the end.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "s390log/capture_recorder.h"

namespace s390log {

// "1.5 MiB"
std::string SizeText(uint64_t bytes);

// The sum, then the CPUs, as many as fit into `width` columns; 0 is any width.
std::string CaptureLine(const std::vector<CaptureReport>& cpus, size_t width);

// A table with a line for each CPU.
std::string CaptureSummary(const std::vector<CaptureReport>& cpus);

// The same as a line of JSON.
std::string CaptureSummaryJson(const std::vector<CaptureReport>& cpus, const std::string& folder);

// Where the live counters go: rewritten in place on a terminal, a line now and then elsewhere.
class CaptureDisplay {
 public:
  CaptureDisplay(int fd, bool quiet);

  // `cpus` has changed; shown if the last was shown long enough ago, or `now` it must be.
  void Show(const std::vector<CaptureReport>& cpus, bool at_once);

  // What is printed next begins a line of its own.
  void End();

 private:
  size_t Width() const;
  void Write(const std::string& text) const;

  int fd_;
  bool quiet_;
  bool terminal_;
  uint64_t shown_ms_ = 0;
  bool line_open_ = false;
};

}  // namespace s390log
