// SPDX-License-Identifier: MIT
#include "logd/query_command.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <stdexcept>

#include "logd/access_error.h"
#include "logd/config.h"
#include "logd/event_printer.h"
#include "logd/local_config.h"
#include "logd/stop_signals.h"
#include "logd/store_query.h"
#include "logd/store_schema.h"
#include "logd/time_point.h"
#include "logd/wall_clock.h"
#include "s390log/catalog.h"

namespace s390log {
namespace {

constexpr int kFollowMs = 200;  // between two looks at the store
constexpr int kSeverities = 8;

// SQLite would say of both only that it cannot open the file.
const std::string& Readable(const std::string& path) {
  if (::access(path.c_str(), R_OK) == 0) return path;
  if (errno == EACCES) throw DeniedTo(path);
  throw StoreError(
      fmt::format("there is no store at {} ({}): name it with --store, or let logd keep "
                  "one with [store] in {}",
                  path, std::strerror(errno), kDefaultConfigPath));
}

std::optional<uint64_t> TimeOf(const std::string& text, const char* option) {
  if (text.empty()) return std::nullopt;
  if (const auto time = ParseTime(text, WallClockNs())) return time;
  throw std::invalid_argument(
      fmt::format("{} {} is no time; such are: {}", option, text, kTimeForms));
}

std::optional<DeviceNumber> DeviceOf(const std::string& text) {
  if (text.empty()) return std::nullopt;
  if (const auto device = DeviceNumber::Parse(text)) return device;
  throw std::invalid_argument(
      fmt::format("--device {} is no device; such are: 0.0.0580, 0580", text));
}

std::optional<int> SeverityOf(const std::string& text) {
  if (text.empty()) return std::nullopt;
  std::string known;
  for (int severity = 0; severity < kSeverities; ++severity) {
    if (SeverityName(severity) == text) return severity;
    known += fmt::format(" {}", SeverityName(severity));
  }
  throw std::invalid_argument(fmt::format("--severity {} is none; such are:{}", text, known));
}

std::optional<std::string> Given(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

StoreFilter FilterOf(const QueryOptions& options) {
  StoreFilter filter;
  filter.since_ns = TimeOf(options.since, "--since");
  filter.until_ns = TimeOf(options.until, "--until");
  filter.device = DeviceOf(options.device);
  filter.message = Given(options.message);
  filter.volser = Given(options.volser);
  filter.severity = SeverityOf(options.severity);
  filter.text = Given(options.text);
  filter.limit = options.limit;
  return filter;
}

// False: somebody wants us to end.
bool Wait(int stop_fd) {
  pollfd stop{stop_fd, POLLIN, 0};
  return ::poll(&stop, 1, kFollowMs) <= 0;
}

}  // namespace

int RunQuery(const QueryOptions& options, std::FILE* to) {
  StoreFilter filter = FilterOf(options);
  StoreReader reader(Readable(LocalStorePath(options.store)));
  EventPrinter printer(to, options.json, options.style);
  uint64_t seen = options.follow ? reader.Newest() : 0;
  const auto print = [&](const StoredEvent& stored) {
    printer.Print(stored.event, stored.boot_id);
    seen = std::max(seen, stored.id);
    return true;
  };
  reader.Query(filter, print);
  printer.Flush();
  if (!options.follow) return 0;
  const UniqueFd stop = StopSignals();
  ::signal(SIGPIPE, SIG_DFL);  // `logctl tail -f | head` ends with head
  filter.limit = 0;
  while (Wait(stop.Get())) {
    filter.after = seen;
    reader.Query(filter, print);
    printer.Flush();
  }
  return 0;
}

}  // namespace s390log
