// SPDX-License-Identifier: MIT
#include "logd/service_notifier.h"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <cstdlib>

namespace s390log {
namespace {

using std::chrono::microseconds;

// A manager that does not listen is no reason not to collect.
void Send(const std::string& state) { (void)::sd_notify(0, state.c_str()); }

}  // namespace

ServiceNotifier::ServiceNotifier() : active_(::getenv("NOTIFY_SOCKET") != nullptr) {
  uint64_t usec = 0;
  if (!active_ || ::sd_watchdog_enabled(0, &usec) <= 0) return;
  ping_every_ = microseconds(usec / 2);
  next_ping_ = Clock::now();
}

void ServiceNotifier::Ready() {
  if (active_) Send("READY=1\nSTATUS=collecting");
}

void ServiceNotifier::Beat(Clock::time_point now, const std::function<std::string()>& status) {
  if (!active_) return;
  if (next_ping_ && now >= *next_ping_) {
    Send("WATCHDOG=1");
    next_ping_ = now + *ping_every_;
  }
  if (now < next_status_) return;
  next_status_ = now + kStatusPause;
  std::string text = status();
  if (text == last_status_) return;
  Send("STATUS=" + text);
  last_status_ = std::move(text);
}

void ServiceNotifier::Stopping(std::chrono::seconds drain) {
  if (!active_) return;
  Send(fmt::format("STOPPING=1\nSTATUS=handing the last events on\nEXTEND_TIMEOUT_USEC={}",
                   microseconds(drain + kEndSpare).count()));
}

}  // namespace s390log
