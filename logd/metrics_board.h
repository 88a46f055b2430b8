// SPDX-License-Identifier: MIT
// Where the daemon's thread leaves the metrics, and the threads that serve them find them.
//
// Nothing is made unless somebody asks: a thread that asks makes Fd() readable, the daemon's loop
// sees that and publishes one text, made at one moment, for all who wait. So the values of a text
// belong together, and a daemon that nobody asks pays nothing.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "s390log/unique_fd.h"

namespace s390log {

class MetricsBoard {
 public:
  // Who asks so soon after another gets the same: a flood of clients costs the daemon nothing.
  static constexpr std::chrono::milliseconds kFresh{100};
  // The daemon may be waiting for a disk. Longer is no use to who asks.
  static constexpr std::chrono::seconds kPatience{2};

  MetricsBoard();

  // Any thread. Null if the daemon does not answer, or has ended.
  std::shared_ptr<const std::string> Ask();

  // The daemon's thread. Asked() makes Fd() unreadable.
  int Fd() const { return fd_.Get(); }
  bool Asked() const;
  void Publish(std::string text);

  // Nobody publishes any more. Any thread.
  void Close();

 private:
  using Clock = std::chrono::steady_clock;

  UniqueFd fd_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable published_;
  std::shared_ptr<const std::string> text_;
  Clock::time_point time_;
  uint64_t count_ = 0;
  bool closed_ = false;
};

}  // namespace s390log
