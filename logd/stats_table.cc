// SPDX-License-Identifier: MIT
#include "logd/stats_table.h"

#include <fmt/format.h>

namespace s390log {
namespace {

using Json = nlohmann::ordered_json;

uint64_t Number(const Json& json, const char* key) { return json.at(key).get<uint64_t>(); }

std::string Row(const char* name, uint64_t value, const char* meaning) {
  return fmt::format("{:<14}{:>12}  {}\n", name, value, meaning);
}

std::string Balance(const Json& stats) {
  std::string table = fmt::format("boot id       {}\n", stats.at("boot_id").get<std::string>());
  table += Row("emitted", Number(stats, "emitted"), "by the kernel");
  if (Number(stats, "before") > 0) {
    table += Row("before", Number(stats, "before"), "taken by a logd before this one");
  }
  table += Row("delivered", Number(stats, "delivered"), "stored, or in every sink, of which");
  table += Row("  complete", Number(stats, "complete"), "kevent and record");
  table += Row("  coalesced", Number(stats, "coalesced"), "record only");
  table += Row("  payload lost", Number(stats, "payload_lost"), "kevent only");
  table += Row("lost", Number(stats, "lost"), "named in gap messages");
  table += Row("buffered", Number(stats, "buffered"), "on their way");
  if (!stats.at("balanced").get<bool>()) table += "THE BOOKS DO NOT BALANCE\n";
  if (Number(stats, "unreadable") > 0) {
    table += Row("unreadable", Number(stats, "unreadable"),
                 stats.at("last_fault").get<std::string>().c_str());
  }
  return table;
}

std::string Channel(const Json& channel) {
  return fmt::format("\nchannel: {} mode, {} sub-buffers of {} bytes per CPU, {} KiB in all\n",
                     channel.at("mode").get<std::string>(), Number(channel, "n_subbufs"),
                     Number(channel, "subbuf_size"), Number(channel, "memory") / 1024);
}

}  // namespace

std::string StatsTable(const Json& stats) {
  std::string table = Balance(stats) + Channel(stats.at("channel"));
  constexpr const char* kCpuRow = "{:<6}{:>12}{:>12}{:>12}{:>12}{:>14}\n";
  table += fmt::format(fmt::runtime(kCpuRow), "CPU", "records", "dropped", "times full",
                       "overwritten", "unread bytes");
  for (const Json& cpu : stats.at("cpus")) {
    table += fmt::format(fmt::runtime(kCpuRow), Number(cpu, "cpu"), Number(cpu, "records"),
                         Number(cpu, "dropped"), Number(cpu, "full"), Number(cpu, "overwritten"),
                         Number(cpu, "unread_bytes"));
  }
  table += fmt::format("\n{:<32}{:>12}{:>12}{:>12}  {}\n", "sink", "taken", "waiting", "repeated",
                       "state");
  for (const Json& sink : stats.at("sinks")) {
    const std::string reason = sink.at("reason").get<std::string>();
    table +=
        fmt::format("{:<32}{:>12}{:>12}{:>12}  {}\n", sink.at("name").get<std::string>(),
                    Number(sink, "taken"), Number(sink, "undelivered"), Number(sink, "repeated"),
                    sink.at("up").get<bool>() ? "up" : "down: " + reason);
  }
  return table;
}

}  // namespace s390log
