// SPDX-License-Identifier: MIT
#include "logd/metrics.h"

#include "logd/metrics_text.h"

namespace s390log {
namespace {

constexpr double kNsPerSecond = 1e9;

// What has not happened yet is there as 0, or Prometheus would not see the first time as a change.
void AddLosses(MetricsText& text, const Stats& stats, std::map<LossPlace, uint64_t> losses) {
  for (const LossKind kind : {LossKind::kBufferFull, LossKind::kOverwritten})
    for (const CpuReport& cpu : stats.cpus) losses.try_emplace({kind, std::to_string(cpu.cpu)}, 0);
  for (const auto& [place, count] : losses) {
    text.Sample(count, {{"cause", LossKindName(place.kind)}, {"cpu", place.cpu}});
  }
}

void AddBooks(MetricsText& text, const Stats& stats) {
  text.Gauge("s390log_boot_info", "Which epoch of numbers the others are of, always 1.");
  text.Sample(uint64_t{1}, {{"boot_id", stats.boot_id}});
  text.Counter("s390log_events_emitted_total", "Numbers that the kernel has given.");
  text.Sample(stats.emitted);
  text.Gauge("s390log_events_before", "Numbers that a logd before this one has answered for.");
  text.Sample(stats.before);
  text.Counter("s390log_events_delivered_total",
               "Events that are in the store, or without one in every sink.");
  text.Sample(stats.taken.complete, {{"match", "complete"}});
  text.Sample(stats.taken.coalesced, {{"match", "coalesced"}});
  text.Sample(stats.taken.payload_lost, {{"match", "payload_lost"}});
  text.Gauge("s390log_events_buffered", "Numbers in the kernel's buffers or in the backlog.");
  text.Sample(stats.buffered);
  text.Gauge("s390log_books_balanced",
             "1 if emitted = before + delivered + lost + buffered, else 0.");
  text.Sample(uint64_t{stats.Balanced()});
}

// The sum over causes and CPUs is what the books call lost.
void AddLost(MetricsText& text, const Stats& stats, const DeliveryTally& tally) {
  text.Counter("s390log_events_lost_total", "Numbers that were lost, named in gap messages.");
  AddLosses(text, stats, tally.Lost());
  text.Counter("s390log_payloads_lost_total",
               "Events delivered without their record, by why it was lost.");
  AddLosses(text, stats, tally.PayloadsLost());
  text.Add("s390log_delivery_latency_seconds", "From an event's own time until it was delivered.",
           tally.Latency());
}

void AddKevents(MetricsText& text, const Stats& stats) {
  text.Counter("s390log_kevents_delivered_total", "Kevents that logd has fetched.");
  text.Sample(stats.kevents_delivered);
  text.Counter("s390log_kevents_coalesced_total",
               "Kevents that found no free slot; their events come all the same.");
  text.Sample(stats.kevents_coalesced);
  text.Counter("s390log_kevents_late_total", "Kevents of numbers that were settled without them.");
  text.Sample(stats.kevents_late);
  text.Counter("s390log_malformed_subbufs_total", "Sub-buffers that could not be read to the end.");
  text.Sample(stats.unreadable);
}

template <typename Value>
void AddPerCpu(MetricsText& text, const Stats& stats, const Value& value) {
  for (const CpuReport& cpu : stats.cpus)
    text.Sample(value(cpu), {{"cpu", std::to_string(cpu.cpu)}});
}

void AddCpus(MetricsText& text, const Stats& stats) {
  text.Counter("s390log_cpu_records_total", "Records that a CPU has written.");
  AddPerCpu(text, stats, [](const CpuReport& cpu) { return cpu.counters.records; });
  text.Counter("s390log_cpu_records_dropped_total",
               "Records for which the buffer of a CPU had no room.");
  AddPerCpu(text, stats, [](const CpuReport& cpu) { return cpu.counters.lost; });
  text.Counter("s390log_cpu_records_overwritten_total",
               "Records in sub-buffers that were overwritten, read or not.");
  AddPerCpu(text, stats, [](const CpuReport& cpu) { return cpu.counters.overwritten; });
  text.Counter("s390log_cpu_buffer_full_total", "Times that the buffer of a CPU became full.");
  AddPerCpu(text, stats, [](const CpuReport& cpu) { return cpu.counters.full; });
  text.Gauge("s390log_cpu_buffer_unread_bytes", "Bytes in the buffer of a CPU that wait for logd.");
  AddPerCpu(text, stats, [](const CpuReport& cpu) { return cpu.unread_bytes; });
  text.Gauge("s390log_cpu_buffer_size_bytes", "Size of the buffer of each CPU.");
  text.Sample(uint64_t{stats.subbuf_size} * stats.n_subbufs);
  text.Gauge("s390log_channel_memory_bytes", "What the channel takes in the kernel.");
  text.Sample(stats.memory);
  text.Gauge("s390log_channel_overwrite", "1 in overwrite mode, 0 in no-overwrite mode.");
  text.Sample(uint64_t{stats.mode == ChannelMode::kOverwrite});
}

template <typename Value>
void AddPerSink(MetricsText& text, const Stats& stats, const Value& value) {
  for (const SinkStats& sink : stats.sinks) text.Sample(value(sink), {{"sink", sink.report.name}});
}

void AddSinks(MetricsText& text, const Stats& stats) {
  text.Gauge("s390log_sink_up", "1 if a sink takes events, 0 if it is down.");
  AddPerSink(text, stats, [](const SinkStats& sink) { return uint64_t{sink.report.up}; });
  text.Gauge("s390log_sink_lag_entries", "Entries that wait for a sink.");
  AddPerSink(text, stats, [](const SinkStats& sink) { return sink.undelivered; });
  text.Gauge("s390log_sink_lag_seconds", "Age of the oldest entry that waits for a sink, or 0.");
  for (const SinkStats& sink : stats.sinks) {
    if (!sink.lag_ns) continue;
    text.Sample(static_cast<double>(*sink.lag_ns) / kNsPerSecond, {{"sink", sink.report.name}});
  }
  text.Counter("s390log_sink_taken_total", "Entries that a sink has taken since logd started.");
  AddPerSink(text, stats, [](const SinkStats& sink) { return sink.report.taken; });
  text.Counter("s390log_sink_repeated_total",
               "Entries that were sent again, because they may not have arrived.");
  AddPerSink(text, stats, [](const SinkStats& sink) { return sink.report.repeated; });
  text.Counter("s390log_sink_expired_total",
               "Entries that the store had dropped before a sink could take them.");
  AddPerSink(text, stats, [](const SinkStats& sink) { return sink.report.expired; });
  text.Counter("s390log_sink_filtered_total", "Entries that are not for a sink, as is configured.");
  AddPerSink(text, stats, [](const SinkStats& sink) { return sink.report.filtered; });
  text.Counter("s390log_sink_suppressed_total",
               "Entries that the rate limit of a sink has kept from it.");
  AddPerSink(text, stats, [](const SinkStats& sink) { return sink.report.limited; });
  text.Counter("s390log_sink_cut_total", "Entries that were too long for their way.");
  AddPerSink(text, stats, [](const SinkStats& sink) { return sink.report.cut; });
}

void AddQueues(MetricsText& text, const Metrics& metrics) {
  text.Gauge("s390log_backlog_entries", "Entries in the memory of logd.");
  text.Sample(metrics.backlog_entries);
  text.Gauge("s390log_backlog_max_entries", "Entries at which collecting pauses.");
  text.Sample(metrics.backlog_max);
  if (!metrics.store) return;
  text.Gauge("s390log_store_entries", "Entries in the store.");
  text.Sample(metrics.store->entries);
  text.Gauge("s390log_store_size_bytes", "Bytes of the store that are in use.");
  text.Sample(metrics.store->bytes);
  text.Gauge("s390log_store_max_bytes", "Size at which old entries are dropped; 0: none.");
  text.Sample(metrics.store->max_bytes);
}

}  // namespace

std::string PrometheusText(const Metrics& metrics) {
  MetricsText text;
  AddBooks(text, metrics.stats);
  AddLost(text, metrics.stats, metrics.tally);
  AddKevents(text, metrics.stats);
  AddCpus(text, metrics.stats);
  AddSinks(text, metrics.stats);
  AddQueues(text, metrics);
  return text.Text();
}

}  // namespace s390log
