// SPDX-License-Identifier: MIT
#include "logd/configured_sinks.h"

#include <fmt/format.h>

#include <utility>

#include "logd/selected_sink.h"

namespace s390log {

std::vector<std::string> ConfiguredSinks::Apply(const Config& config) {
  steps_.clear();
  Plan("json", now_.json, config.json, makers_.json);
  Plan("syslog", now_.syslog, config.syslog, makers_.syslog);
  Plan("journal", now_.journal, config.journal, makers_.journal);
  std::vector<std::string> changes;
  for (const Step& step : steps_) changes.push_back(step());
  steps_.clear();
  return changes;
}

// Makes what is new, but changes nothing: another may not be made.
template <typename Section>
void ConfiguredSinks::Plan(const char* name, std::optional<Section>& now,
                           const std::optional<Section>& then, const MakeSink<Section>& make) {
  if (now == then) return;
  auto sink = std::make_shared<std::unique_ptr<Sink>>();
  if (then) *sink = Select(make(*then), then->selection);
  steps_.push_back([this, name, sink, &now, then] {
    now = then;
    return Change(name, std::move(*sink));
  });
}

std::string ConfiguredSinks::Change(const char* name, std::unique_ptr<Sink> sink) {
  const std::string before = names_[name];
  const std::string after = sink ? sink->Report().name : "";
  if (before.empty()) {
    daemon_.AddSink(std::move(sink));
  } else if (after.empty()) {
    daemon_.RemoveSink(before);
  } else {
    daemon_.ReplaceSink(before, std::move(sink));
  }
  names_[name] = after;
  if (before.empty()) return fmt::format("{} is new", after);
  if (after.empty()) return fmt::format("{} is no more, and where it was is forgotten", before);
  return before == after ? fmt::format("{} has changed", after)
                         : fmt::format("{} takes the place of {}", after, before);
}

}  // namespace s390log
