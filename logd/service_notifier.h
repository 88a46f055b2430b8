// SPDX-License-Identifier: MIT
// What logd tells systemd, if that has started it: that it collects, that it lives, how the balance
// stands, that it ends. See sd_notify(3). Without a $NOTIFY_SOCKET all of it does nothing.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace s390log {

class ServiceNotifier {
 public:
  using Clock = std::chrono::steady_clock;

  // Between two texts of status. Nobody is woken up for one.
  static constexpr std::chrono::seconds kStatusPause{5};
  // What ending may take beyond the time that sinks are given.
  static constexpr std::chrono::seconds kEndSpare{30};

  ServiceNotifier();

  void Ready();
  // In each turn of the loop: the watchdog, at half of its time, and now and then the status.
  void Beat(Clock::time_point now, const std::function<std::string()>& status);
  // When Beat() must be called at the latest.
  std::optional<Clock::time_point> Deadline() const { return next_ping_; }
  void Stopping(std::chrono::seconds drain);

 private:
  bool active_;
  std::optional<Clock::duration> ping_every_;
  std::optional<Clock::time_point> next_ping_;
  Clock::time_point next_status_;
  std::string last_status_;
};

}  // namespace s390log
