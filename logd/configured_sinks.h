// SPDX-License-Identifier: MIT
// The sinks of the daemon, as the configuration says, at the start and when it changes.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "logd/config.h"
#include "logd/daemon.h"
#include "logd/sink.h"

namespace s390log {

template <typename Section>
using MakeSink = std::function<std::unique_ptr<Sink>(const Section&)>;

struct SinkMakers {
  MakeSink<JsonConfig> json;
  MakeSink<SyslogConfig> syslog;
  MakeSink<JournalConfig> journal;
};

class ConfiguredSinks {
 public:
  // `daemon` outlives this.
  ConfiguredSinks(Daemon& daemon, SinkMakers makers)
      : daemon_(daemon), makers_(std::move(makers)) {}

  // Brings the sinks to what `config` says. One whose section is the same is not touched; one whose
  // section is another goes on where the old one was; a new one begins with what comes next, unless
  // the store knows where it was. Returns a sentence for each change. If a sink cannot be made that
  // throws, and all is as before.
  std::vector<std::string> Apply(const Config& config);

 private:
  using Step = std::function<std::string()>;
  template <typename Section>
  using Sections = std::map<std::string, Section>;  // by what tells them apart

  template <typename Section>
  void Plan(Sections<Section>& now, const Sections<Section>& then, const MakeSink<Section>& make);
  template <typename Section>
  void PlanStep(Sections<Section>& now, const std::string& before, const std::string& after,
                const Sections<Section>& then, const MakeSink<Section>& make);
  std::string Change(const std::string& before, const std::string& after,
                     std::unique_ptr<Sink> sink);

  Daemon& daemon_;
  SinkMakers makers_;
  Sections<JsonConfig> json_;
  Sections<SyslogConfig> syslog_;
  Sections<JournalConfig> journal_;
  std::map<std::string, std::string> names_;  // of the sinks, by key of the section
  std::vector<Step> steps_;
};

}  // namespace s390log
