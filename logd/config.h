// SPDX-License-Identifier: MIT
// The configuration of logd: checked whole before any of it is used. logd.conf(5) describes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "logd/selection.h"

namespace s390log {

inline constexpr std::string_view kDefaultConfigPath = "/etc/s390-log/logd.toml";
inline constexpr std::string_view kDefaultStorePath = "/var/lib/s390-log/events.db";
inline constexpr std::string_view kDefaultJournalPath = "/run/systemd/journal/socket";
inline constexpr std::string_view kDefaultControlPath = "/run/s390-log/logd.sock";
inline constexpr std::string_view kDefaultMetricsAddress = "127.0.0.1:9639";
inline constexpr std::string_view kDefaultSyslogPath = "/dev/log";

struct CollectorConfig {
  std::string device = "/dev/s390_log";
  uint32_t slots = 16;
  uint32_t backlog = 8192;
  uint32_t drain_seconds = 5;
};

struct DrivesConfig {
  bool identify_volumes = false;  // it touches the tapes
};

struct JsonConfig {
  bool operator==(const JsonConfig&) const = default;

  std::string path;
  uint32_t max_megabytes = 0;  // 0: the file is not rotated
  uint32_t keep = 5;
  SelectionConfig selection;
};

struct JournalConfig {
  bool operator==(const JournalConfig&) const = default;

  std::string path = std::string(kDefaultJournalPath);
  int facility = 3;  // daemon
  std::string app_name = "logd";
  SelectionConfig selection;
};

enum class SyslogTransportKind { kTcp, kUdp, kTls, kLocal };

struct SyslogConfig {
  bool operator==(const SyslogConfig&) const = default;

  std::string name;  // empty: by transport and server
  SyslogTransportKind transport = SyslogTransportKind::kTcp;
  std::string server;
  uint16_t port = 514;
  bool line_feeds = false;  // framing of TCP, instead of octet counting
  uint32_t max_message = 8192;
  uint32_t rate = 1000;                                // datagrams per second, of UDP
  std::string path = std::string(kDefaultSyslogPath);  // of a local socket
  bool stream = false;                                 // and its kind
  int facility = 3;                                    // daemon
  uint32_t enterprise_id = 32473;
  std::string app_name = "logd";
  std::string hostname;  // empty: the system's
  SelectionConfig selection;
  // TLS, see TlsSettings
  std::string ca_file;
  std::string server_name;
  std::vector<std::string> fingerprints;
  std::string certificate;
  std::string key;
};

// Without the section there is no store.
struct StoreConfig {
  std::string path = std::string(kDefaultStorePath);
  uint32_t max_megabytes = 1024;  // 0: no limit
  uint32_t max_days = 90;         // 0: no limit
};

struct ControlConfig {
  std::string path = std::string(kDefaultControlPath);
};

// Without the section there is no such server.
struct MetricsConfig {
  std::string listen = std::string(kDefaultMetricsAddress);
  bool open_to_network = false;  // said explicitly
};

struct ProcessConfig {
  std::string user;  // empty: stay who we are
};

struct Config {
  CollectorConfig collector;
  DrivesConfig drives;
  std::optional<StoreConfig> store;
  std::optional<JsonConfig> json;
  std::vector<SyslogConfig> syslog;
  std::optional<JournalConfig> journal;
  ControlConfig control;
  std::optional<MetricsConfig> metrics;
  ProcessConfig process;
};

// Each is a sentence with file, line and key.
using ConfigErrors = std::vector<std::string>;

// `name` is the file's name for errors. Without a store and a sink, events go to standard output as
// JSON lines.
std::variant<Config, ConfigErrors> ParseConfig(std::string_view text, std::string_view name);

// Reads the file. A file that cannot be read is an error like others.
std::variant<Config, ConfigErrors> ReadConfig(const std::string& path);

}  // namespace s390log
