// SPDX-License-Identifier: MIT
#include "logd/stats_table.h"

#include <fmt/format.h>

#include "logd/sink_display.h"
#include "logd/text_table.h"

namespace s390log {
namespace {

using Json = nlohmann::ordered_json;

uint64_t Number(const Json& json, const char* key) { return json.at(key).get<uint64_t>(); }

std::string Row(const char* name, uint64_t value, const char* meaning) {
  return fmt::format("{:<14}{:>12}  {}\n", name, value, meaning);
}

// What is not nothing stands out.
TextTable::Cell Count(const Json& json, const char* key) {
  const uint64_t count = Number(json, key);
  return {std::to_string(count), count == 0 ? Colour::kNone : Colour::kYellow};
}

std::string Balance(const Json& stats, const Style& style) {
  std::string table = fmt::format("boot id       {}\n", stats.at("boot_id").get<std::string>());
  table += Row("emitted", Number(stats, "emitted"), "by the kernel");
  if (Number(stats, "before") > 0) {
    table += Row("before", Number(stats, "before"), "taken by a logd before this one");
  }
  table += Row("delivered", Number(stats, "delivered"), "stored, or in every sink, of which");
  table += Row("  complete", Number(stats, "complete"), "kevent and record");
  table += Row("  coalesced", Number(stats, "coalesced"), "record only");
  table += Row("  payload lost", Number(stats, "payload_lost"), "kevent only");
  const std::string lost = Row("lost", Number(stats, "lost"), "named in gap messages");
  table += Number(stats, "lost") == 0 ? lost : style.Paint(lost, Colour::kRed);
  table += Row("buffered", Number(stats, "buffered"), "on their way");
  if (!stats.at("balanced").get<bool>()) {
    table += style.Paint("THE BOOKS DO NOT BALANCE", Colour::kRed) + "\n";
  }
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

std::string StatsTable(const Json& stats, const Style& style) {
  using Align = TextTable::Align;
  TextTable cpus({{"CPU"},
                  {"records", Align::kRight},
                  {"dropped", Align::kRight},
                  {"times full", Align::kRight},
                  {"overwritten", Align::kRight},
                  {"unread bytes", Align::kRight}});
  for (const Json& cpu : stats.at("cpus")) {
    cpus.Add({Number(cpu, "cpu"), Number(cpu, "records"), Count(cpu, "dropped"),
              Number(cpu, "full"), Count(cpu, "overwritten"), Number(cpu, "unread_bytes")});
  }
  return Balance(stats, style) + Channel(stats.at("channel")) + cpus.Text(style) + "\n" +
         SinkDisplay(stats, style);
}

}  // namespace s390log
