// SPDX-License-Identifier: MIT
#include "logd/reload.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <fstream>
#include <set>
#include <sstream>

#include "logd/toml.h"

namespace s390log {

std::variant<ConfigFile, ConfigErrors> LoadConfigFile(const std::string& path) {
  ConfigFile config{path.empty() ? std::string(kDefaultConfigPath) : path, ""};
  if (path.empty() && ::access(config.name.c_str(), F_OK) != 0 && errno == ENOENT) return config;
  std::ifstream file(config.name, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf() || file.peek() == EOF)) {
    return ConfigErrors{fmt::format("{}: cannot be read: {}", config.name, std::strerror(errno))};
  }
  config.text = text.str();
  return config;
}

std::vector<std::string> SectionsForRestart(const std::string& before, const std::string& after) {
  static const std::set<std::string_view> kApplied = {"json", "syslog", "journal", "drives"};
  const toml::table old_root = toml::parse(before);
  const toml::table new_root = toml::parse(after);
  std::set<std::string> names;
  const auto compare = [&](const toml::table& one, const toml::table& other) {
    for (const auto& [key, node] : one) {
      const toml::table* section = other[key.str()].as_table();
      const bool same = section != nullptr && node.is_table() && *section == *node.as_table();
      if (!same && !kApplied.contains(key.str())) names.emplace(key.str());
    }
  };
  compare(old_root, new_root);
  compare(new_root, old_root);
  return {names.begin(), names.end()};
}

void Reload::Refuse(const ConfigErrors& errors) {
  for (const std::string& error : errors) tell_(error);
  tell_("the configuration was not read again: the old one stays");
}

void Reload::Run() {
  const auto loaded = LoadConfigFile(path_);
  if (const auto* errors = std::get_if<ConfigErrors>(&loaded)) return Refuse(*errors);
  const auto& file = std::get<ConfigFile>(loaded);
  const auto parsed = ParseConfig(file.text, file.name);
  if (const auto* errors = std::get_if<ConfigErrors>(&parsed)) return Refuse(*errors);
  if (!Apply(std::get<Config>(parsed))) return;
  for (const std::string& section : SectionsForRestart(text_, file.text)) {
    tell_(fmt::format("[{}] has changed: restart logd for that", section));
  }
  // What waits for a restart is said each time: text_ stays what runs, but for the sinks.
  tell_(fmt::format("{} was read again", file.name));
}

bool Reload::Apply(const Config& config) {
  try {
    for (const std::string& change : sinks_.Apply(config)) tell_(change);
  } catch (const std::exception& error) {
    Refuse({error.what()});
    return false;
  }
  try {
    apply_(config);
  } catch (const std::exception& error) {
    tell_(error.what());
  }
  return true;
}

}  // namespace s390log
