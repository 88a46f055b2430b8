// SPDX-License-Identifier: MIT
#include "logd/config.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>

#include "logd/config_section.h"
#include "logd/listen_address.h"
#include "logd/selection_section.h"
#include "logd/syslog_section.h"

namespace s390log {
namespace {

constexpr int64_t kMaxSlots = 128;
constexpr int64_t kMaxBacklog = 1 << 24;
constexpr int64_t kMaxDrainSeconds = 3600;
constexpr int64_t kMaxMegabytes = 1 << 24;
constexpr int64_t kMaxKept = 1000;
constexpr int64_t kMaxDays = 36'500;

class ConfigReader {
 public:
  ConfigReader(const toml::table& root, std::string_view file) : root_(root), file_(file) {}

  Config Read() {
    Config config;
    CheckSections();
    ReadCollector(config.collector);
    ReadDrives(config.drives);
    ReadStore(config);
    ReadJson(config);
    ReadSyslog(config.syslog);
    ReadJournal(config);
    ReadControl(config.control);
    ReadMetrics(config);
    ReadProcess(config.process);
    if (!config.store && !config.json && config.syslog.empty() && !config.journal)
      config.json.emplace().path = "-";
    return config;
  }

  ConfigErrors& Errors() { return errors_; }

 private:
  ConfigSection Section(std::string_view name) {
    return ConfigSection(root_[name].as_table(), name, file_, errors_);
  }

  std::vector<const toml::table*> TablesOf(std::string_view name) const {
    if (const toml::table* table = root_[name].as_table()) return {table};
    std::vector<const toml::table*> tables;
    const toml::array* array = root_[name].as_array();
    for (size_t i = 0; array != nullptr && i < array->size(); ++i) {
      if (const toml::table* table = array->get(i)->as_table()) tables.push_back(table);
    }
    return tables;
  }

  void CheckSections() {
    for (const auto& [key, node] : root_) {
      const std::string_view name = key.str();
      const bool known = name == "collector" || name == "drives" || name == "store" ||
                         name == "json" || name == "journal" || name == "metrics" ||
                         name == "syslog" || name == "control" || name == "process";
      const bool tables = name == "syslog" && node.is_array_of_tables();
      if (known && (node.is_table() || tables)) continue;
      const std::string what = known ? "must be a section, [" + std::string(name) + "]"
                                     : "is not known; known are the sections collector, control, "
                                       "drives, journal, json, metrics, process, store, syslog";
      errors_.push_back(fmt::format("{}:{}: {}: {}", file_, node.source().begin.line, name, what));
    }
  }

  void ReadCollector(CollectorConfig& collector) {
    ConfigSection section = Section("collector");
    section.Text("device", collector.device);
    section.Number("slots", 1, kMaxSlots, collector.slots);
    section.Number("backlog", 1, kMaxBacklog, collector.backlog);
    section.Number("drain_seconds", 0, kMaxDrainSeconds, collector.drain_seconds);
    section.Finish();
  }

  void ReadDrives(DrivesConfig& drives) {
    ConfigSection section = Section("drives");
    section.Flag("identify_volumes", drives.identify_volumes);
    section.Finish();
  }

  void ReadStore(Config& config) {
    ConfigSection section = Section("store");
    if (!section.Present()) return;
    StoreConfig& store = config.store.emplace();
    section.Text("path", store.path);
    section.Number("max_megabytes", 0, kMaxMegabytes, store.max_megabytes);
    section.Number("max_days", 0, kMaxDays, store.max_days);
    section.Finish();
  }

  void ReadJson(Config& config) {
    ConfigSection section = Section("json");
    if (!section.Present()) return;
    config.json.emplace();
    section.Require("path");
    section.Text("path", config.json->path);
    section.Number("max_megabytes", 0, kMaxMegabytes, config.json->max_megabytes);
    section.Number("keep", 0, kMaxKept, config.json->keep);
    ReadSelection(section, config.json->selection);
    section.Finish();
  }

  // One table, or several.
  void ReadSyslog(std::vector<SyslogConfig>& syslog) {
    std::set<std::string> names;
    for (const toml::table* table : TablesOf("syslog")) {
      ConfigSection section(table, "syslog", file_, errors_);
      SyslogConfig& each = syslog.emplace_back();
      ReadSyslogSection(section, each);
      if (names.insert(SinkNameOf(each)).second) continue;
      errors_.push_back(fmt::format("{}:{}: syslog.name: there are two named {}; give each its own",
                                    file_, table->source().begin.line, SinkNameOf(each)));
    }
  }

  void ReadJournal(Config& config) {
    ConfigSection section = Section("journal");
    if (!section.Present()) return;
    JournalConfig& journal = config.journal.emplace();
    section.Text("path", journal.path);
    auto facility = static_cast<size_t>(journal.facility);
    section.Choice("facility", Facilities(), facility);
    journal.facility = static_cast<int>(facility);
    section.Text("app_name", journal.app_name);
    ReadSelection(section, journal.selection);
    section.Finish();
  }

  void ReadControl(ControlConfig& control) {
    ConfigSection section = Section("control");
    section.Text("path", control.path);
    section.Finish();
  }

  void ReadMetrics(Config& config) {
    ConfigSection section = Section("metrics");
    if (!section.Present()) return;
    MetricsConfig& metrics = config.metrics.emplace();
    section.Text("listen", metrics.listen);
    section.Flag("open_to_network", metrics.open_to_network);
    const auto address = ListenAddress::Parse(metrics.listen);
    if (!address || address->ToString().ends_with(":0")) {
      section.Reject("listen", "must be an address and a port, as 127.0.0.1:9639 or [::1]:9639");
    } else if (!address->IsLoopback() && !metrics.open_to_network) {
      section.Reject("listen",
                     "is no loopback address: everybody who reaches it can read the metrics, "
                     "which have neither TLS nor a password; if that is meant, add "
                     "open_to_network = true");
    }
    section.Finish();
  }

  void ReadProcess(ProcessConfig& process) {
    ConfigSection section = Section("process");
    section.Text("user", process.user);
    section.Finish();
  }

  const toml::table& root_;
  std::string file_;
  ConfigErrors errors_;
};

// The line at which the parser finds what it has an assertion against.
size_t LineOfAssertion(std::string_view text) {
  size_t line = 0;
  for (size_t end = 0; end != std::string_view::npos;) {
    ++line;
    end = text.find('\n', end);
    if (end != std::string_view::npos) ++end;
    try {
      static_cast<void>(toml::parse(text.substr(0, end)));
    } catch (const TomlAssertion&) {
      break;
    } catch (const toml::parse_error&) {
      // It ends in the middle of something.
    }
  }
  return line;
}

}  // namespace

std::variant<Config, ConfigErrors> ParseConfig(std::string_view text, std::string_view name) {
  toml::table root;
  try {
    root = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return ConfigErrors{
        fmt::format("{}:{}: {}", name, error.source().begin.line, error.description())};
  } catch (const TomlAssertion&) {
    return ConfigErrors{fmt::format("{}:{}: a section begins with '[' and its name, as in [json]",
                                    name, LineOfAssertion(text))};
  }
  ConfigReader reader(root, name);
  Config config = reader.Read();
  if (!reader.Errors().empty()) return reader.Errors();
  return config;
}

std::variant<Config, ConfigErrors> ReadConfig(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf() || file.peek() == EOF)) {
    return ConfigErrors{fmt::format("{}: cannot be read: {}", path, std::strerror(errno))};
  }
  return ParseConfig(text.str(), path);
}

}  // namespace s390log
