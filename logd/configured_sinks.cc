// SPDX-License-Identifier: MIT
#include "logd/configured_sinks.h"

#include <fmt/format.h>

#include <utility>

#include "logd/selected_sink.h"
#include "logd/syslog_section.h"

namespace s390log {
namespace {

template <typename Section>
std::map<std::string, Section> OneOrNone(const char* key, const std::optional<Section>& section) {
  std::map<std::string, Section> sections;
  if (section) sections.emplace(key, *section);
  return sections;
}

std::map<std::string, SyslogConfig> ByName(const std::vector<SyslogConfig>& all) {
  std::map<std::string, SyslogConfig> sections;
  for (const SyslogConfig& each : all) sections.emplace(SinkNameOf(each), each);
  return sections;
}

}  // namespace

std::vector<std::string> ConfiguredSinks::Apply(const Config& config) {
  steps_.clear();
  Plan(json_, OneOrNone("json", config.json), makers_.json);
  Plan(syslog_, ByName(config.syslog), makers_.syslog);
  Plan(journal_, OneOrNone("journal", config.journal), makers_.journal);
  std::vector<std::string> changes;
  for (const Step& step : steps_) changes.push_back(step());
  steps_.clear();
  return changes;
}

template <typename Section>
void ConfiguredSinks::Plan(Sections<Section>& now, const Sections<Section>& then,
                           const MakeSink<Section>& make) {
  // The only one may become another: it takes the old one's place.
  if (now.size() == 1 && then.size() == 1) {
    if (now != then) PlanStep(now, now.begin()->first, then.begin()->first, then, make);
    return;
  }
  for (const auto& [key, section] : now) {
    const auto changed = then.find(key);
    if (changed == then.end()) {
      PlanStep(now, key, "", then, make);
    } else if (!(changed->second == section)) {
      PlanStep(now, key, key, then, make);
    }
  }
  for (const auto& [key, section] : then) {
    if (!now.contains(key)) PlanStep(now, "", key, then, make);
  }
}

// Makes what is new, but changes nothing: another may not be made.
template <typename Section>
void ConfiguredSinks::PlanStep(Sections<Section>& now, const std::string& before,
                               const std::string& after, const Sections<Section>& then,
                               const MakeSink<Section>& make) {
  auto sink = std::make_shared<std::unique_ptr<Sink>>();
  std::optional<Section> section;
  if (!after.empty()) {
    section = then.at(after);
    *sink = Select(make(*section), section->selection);
  }
  steps_.push_back([this, &now, before, after, section, sink] {
    now.erase(before);
    if (section) now.emplace(after, *section);
    return Change(before, after, std::move(*sink));
  });
}

// A key that is empty stands for no sink.
std::string ConfiguredSinks::Change(const std::string& before, const std::string& after,
                                    std::unique_ptr<Sink> sink) {
  const std::string old_name = before.empty() ? "" : std::exchange(names_[before], "");
  const std::string new_name = sink ? sink->Report().name : "";
  if (before.empty()) {
    daemon_.AddSink(std::move(sink));
  } else if (after.empty()) {
    daemon_.RemoveSink(old_name);
  } else {
    daemon_.ReplaceSink(old_name, std::move(sink));
  }
  if (!after.empty()) names_[after] = new_name;
  if (before.empty()) return fmt::format("{} is new", new_name);
  if (after.empty()) return fmt::format("{} is no more, and where it was is forgotten", old_name);
  return old_name == new_name ? fmt::format("{} has changed", new_name)
                              : fmt::format("{} takes the place of {}", new_name, old_name);
}

}  // namespace s390log
