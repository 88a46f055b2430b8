// SPDX-License-Identifier: MIT
// The configuration while logd runs: read again on request, checked whole, and only then used.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "logd/config.h"
#include "logd/configured_sinks.h"

namespace s390log {

// The file, and what is in it. The standard one need not be there; one that was asked for must.
struct ConfigFile {
  std::string name;
  std::string text;
};

std::variant<ConfigFile, ConfigErrors> LoadConfigFile(const std::string& path);

// The names of the sections that differ, but for those that `apply` at once: sinks and [drives].
std::vector<std::string> SectionsForRestart(const std::string& before, const std::string& after);

class Reload {
 public:
  using Tell = std::function<void(const std::string&)>;
  // Of what is no sink. May throw: that is told, and the rest stands.
  using ApplyOthers = std::function<void(const Config& config)>;

  // `path` as it was given on the command line; `text` is what runs.
  Reload(std::string path, std::string text, ConfiguredSinks& sinks, ApplyOthers apply, Tell tell)
      : path_(std::move(path)),
        text_(std::move(text)),
        sinks_(sinks),
        apply_(std::move(apply)),
        tell_(std::move(tell)) {}

  // Says what it did. With an error in the file, or a sink that cannot be made, nothing changes.
  void Run();

 private:
  void Refuse(const ConfigErrors& errors);
  bool Apply(const Config& config);

  std::string path_;
  std::string text_;
  ConfiguredSinks& sinks_;
  ApplyOthers apply_;
  Tell tell_;
};

}  // namespace s390log
