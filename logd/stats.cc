// SPDX-License-Identifier: MIT
#include "logd/stats.h"

#include <fmt/format.h>

namespace s390log {
namespace {

using Json = nlohmann::ordered_json;

Json CpusJson(const Stats& stats) {
  Json cpus = Json::array();
  for (const CpuReport& cpu : stats.cpus) {
    cpus.push_back({{"cpu", cpu.cpu},
                    {"records", cpu.counters.records},
                    {"dropped", cpu.counters.lost},
                    {"full", cpu.counters.full},
                    {"overwritten", cpu.counters.overwritten},
                    {"wrapped", cpu.counters.wrapped},
                    {"consumed", cpu.counters.consumed},
                    {"unread_bytes", cpu.unread_bytes}});
  }
  return cpus;
}

Json LagSeconds(const SinkStats& sink) {
  if (!sink.lag_ns) return nullptr;
  return static_cast<double>(*sink.lag_ns / 1'000'000) / 1000;
}

Json SinksJson(const Stats& stats) {
  Json sinks = Json::array();
  for (const SinkStats& sink : stats.sinks) {
    sinks.push_back({{"name", sink.report.name},
                     {"up", sink.report.up},
                     {"reason", sink.report.reason},
                     {"taken", sink.report.taken},
                     {"undelivered", sink.undelivered},
                     {"repeated", sink.report.repeated},
                     {"expired", sink.report.expired},
                     {"cut", sink.report.cut},
                     {"filtered", sink.report.filtered},
                     {"suppressed", sink.report.limited},
                     {"lag_seconds", LagSeconds(sink)}});
  }
  return sinks;
}

}  // namespace

Json ToJson(const Stats& stats) {
  Json json;
  json["boot_id"] = stats.boot_id;
  json["emitted"] = stats.emitted;
  json["before"] = stats.before;
  json["delivered"] = stats.taken.Delivered();
  json["lost"] = stats.taken.lost;
  json["buffered"] = stats.buffered;
  json["balanced"] = stats.Balanced();
  json["complete"] = stats.taken.complete;
  json["coalesced"] = stats.taken.coalesced;
  json["payload_lost"] = stats.taken.payload_lost;
  json["gaps"] = stats.taken.gaps;
  json["kevents"] = {{"delivered", stats.kevents_delivered},
                     {"coalesced", stats.kevents_coalesced},
                     {"late", stats.kevents_late}};
  json["unreadable"] = stats.unreadable;
  json["last_fault"] = stats.last_fault;
  json["channel"] = {{"mode", ToString(stats.mode)},
                     {"memory", stats.memory},
                     {"subbuf_size", stats.subbuf_size},
                     {"n_subbufs", stats.n_subbufs}};
  json["cpus"] = CpusJson(stats);
  json["sinks"] = SinksJson(stats);
  return json;
}

std::string BalanceLine(const Stats& stats) {
  std::string line = fmt::format("emitted {}, delivered {}, lost {}", stats.emitted,
                                 stats.taken.Delivered(), stats.taken.lost);
  if (stats.before > 0) line += fmt::format(", before {}", stats.before);
  if (stats.buffered > 0) line += fmt::format(", still buffered {}", stats.buffered);
  if (!stats.Balanced()) line += ": THE BOOKS DO NOT BALANCE";
  return line;
}

}  // namespace s390log
