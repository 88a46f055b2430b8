// SPDX-License-Identifier: MIT
#include "logd/service_notifier.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "logd/unix_address.h"
#include "s390log/unique_fd.h"

namespace s390log {
namespace {

using std::chrono::microseconds;

constexpr ServiceNotifier::Clock::duration kPingAgain = std::chrono::seconds(1);

// As sd_notify(3), whose socket blocks when the manager does not read: who collects would wait with
// it. A manager that does not listen is no reason not to collect.
bool Send(const std::string& state) {
  const char* path = ::getenv("NOTIFY_SOCKET");
  auto address = path == nullptr ? std::nullopt : UnixAddress(path);
  if (!address) return false;
  const auto length =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(address->sun_path));
  if (address->sun_path[0] == '@') address->sun_path[0] = '\0';
  const UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  return fd && ::sendto(fd.Get(), state.data(), state.size(), MSG_NOSIGNAL,
                        reinterpret_cast<const sockaddr*>(&*address), length) >= 0;
}

}  // namespace

ServiceNotifier::ServiceNotifier() : active_(::getenv("NOTIFY_SOCKET") != nullptr) {
  uint64_t usec = 0;
  if (!active_ || ::sd_watchdog_enabled(0, &usec) <= 0) return;
  ping_every_ = microseconds(usec / 2);
  next_ping_ = Clock::now();
}

// Once, before anything is collected: this may wait.
void ServiceNotifier::Ready() {
  if (active_) (void)::sd_notify(0, "READY=1\nSTATUS=collecting");
}

void ServiceNotifier::Beat(Clock::time_point now, const std::function<std::string()>& status) {
  if (!active_) return;
  if (next_ping_ && now >= *next_ping_) {
    next_ping_ = now + (Send("WATCHDOG=1") ? *ping_every_ : std::min(*ping_every_, kPingAgain));
  }
  if (now < next_status_) return;
  next_status_ = now + kStatusPause;
  std::string text = status();
  if (text == last_status_) return;
  if (Send("STATUS=" + text)) last_status_ = std::move(text);
}

void ServiceNotifier::Stopping(std::chrono::seconds drain) {
  if (!active_) return;
  Send(fmt::format("STOPPING=1\nSTATUS=handing the last events on\nEXTEND_TIMEOUT_USEC={}",
                   microseconds(drain + kEndSpare).count()));
}

}  // namespace s390log
