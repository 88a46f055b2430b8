// SPDX-License-Identifier: MIT
// logd: collects the events of s390_log and hands them to its sinks. See logd(8).
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <exception>

#include "logd/config.h"
#include "logd/daemon.h"
#include "logd/instance_lock.h"
#include "logd/journal_sink.h"
#include "logd/json_sink.h"
#include "logd/metrics_server.h"
#include "logd/quiet_signals.h"
#include "logd/selected_sink.h"
#include "logd/stop_signals.h"
#include "logd/syslog_tcp_sink.h"
#include "s390log/device_channel.h"
#include "s390log/kevent_queue.h"

namespace s390log {
namespace {

constexpr int kExitFailure = 1;
constexpr int kExitConfig = 2;

std::string SystemHostname() {
  std::array<char, 256> buffer{};
  if (::gethostname(buffer.data(), buffer.size() - 1) != 0) return "";
  const std::string name = buffer.data();
  return name == "(none)" ? "" : name;  // what Linux calls itself before it is given a name
}

std::unique_ptr<Sink> MakeJsonSink(const JsonConfig& config) {
  return std::make_unique<JsonSink>(
      config.path, LineFile::Rotation{uint64_t{config.max_megabytes} << 20, config.keep});
}

std::unique_ptr<Sink> MakeJournalSink(const JournalConfig& config) {
  return std::make_unique<JournalSink>(config.path,
                                       JournalOrigin{config.app_name, config.facility});
}

std::unique_ptr<Sink> MakeSyslogSink(const SyslogConfig& config) {
  SyslogOrigin origin;
  origin.facility = config.facility;
  origin.enterprise_id = config.enterprise_id;
  origin.hostname = config.hostname.empty() ? SystemHostname() : config.hostname;
  origin.app_name = config.app_name;
  origin.proc_id = std::to_string(::getpid());
  return std::make_unique<SyslogTcpSink>(config.server, config.port, origin);
}

void Tell(const std::string& what) { fmt::print(stderr, "logd: {}\n", what); }

// Events matter more than that they are kept: without a store they still go to the sinks. On
// failure `why` says what the operator must know.
std::optional<Store> OpenStore(const Config& config, std::string& why) {
  if (!config.store) return std::nullopt;
  try {
    std::optional<Store> store(config.store->path);
    StoreHistory readable(config.store->path);
    return store;
  } catch (const StoreError& error) {
    why = error.what();
    Tell("no store: " + why);
    return std::nullopt;
  }
}

StoreLimits LimitsOf(const StoreConfig& store) {
  return {uint64_t{store.max_megabytes} << 20, std::chrono::days(store.max_days)};
}

// Events matter more than that somebody can see how they fare.
std::unique_ptr<MetricsServer> ServeMetrics(const MetricsConfig& config, MetricsBoard& board) {
  const auto address = ListenAddress::Parse(config.listen).value();
  if (!address.IsLoopback()) Tell("the metrics are open to the network, at " + config.listen);
  try {
    return std::make_unique<MetricsServer>(address, board);
  } catch (const std::system_error& error) {
    Tell(fmt::format("no metrics: {}", error.what()));
    return nullptr;
  }
}

void Serve(const Config& config) {
  QuietSignals();
  const UniqueFd stop = StopSignals();
  const std::optional<Account> account = AccountToBecome(config.process.user);
  const InstanceLock lock(config.control.path, account);
  DeviceChannel channel(config.collector.device);
  if (config.drives.identify_volumes) channel.SetIdentifyVolumes(true);
  KeventQueue kevents(channel.Events(), config.collector.slots);
  if (account) Become(*account);
  ServiceNotifier service;
  DaemonParts parts{channel,
                    kevents,
                    stop.Get(),
                    config.control.path,
                    config.collector.backlog,
                    std::chrono::seconds(config.collector.drain_seconds),
                    Tell};
  parts.service = &service;
  std::optional<Store> store = OpenStore(config, parts.store_failure);
  if (store) parts.store = &*store;
  if (store) parts.limits = LimitsOf(*config.store);
  MetricsBoard metrics;
  if (config.metrics) parts.metrics = &metrics;
  Daemon daemon(parts);
  if (config.json) daemon.AddSink(Select(MakeJsonSink(*config.json), config.json->selection));
  if (config.syslog)
    daemon.AddSink(Select(MakeSyslogSink(*config.syslog), config.syslog->selection));
  if (config.journal) {
    daemon.AddSink(Select(MakeJournalSink(*config.journal), config.journal->selection));
  }
  std::unique_ptr<MetricsServer> metrics_server;
  if (config.metrics) metrics_server = ServeMetrics(*config.metrics, metrics);
  daemon.Run();
  fmt::print(stderr, "logd: {}\n", BalanceLine(daemon.GetStats()));
}

// The default file need not be there; one that was asked for must.
std::variant<Config, ConfigErrors> Load(const std::string& path) {
  const std::string standard(kDefaultConfigPath);
  if (!path.empty()) return ReadConfig(path);
  if (::access(standard.c_str(), F_OK) == 0) return ReadConfig(standard);
  return ParseConfig("", standard);
}

int Main(const std::string& path, bool check) {
  const auto loaded = Load(path);
  if (const ConfigErrors* errors = std::get_if<ConfigErrors>(&loaded)) {
    for (const std::string& error : *errors) fmt::print(stderr, "logd: {}\n", error);
    return kExitConfig;
  }
  if (!check) Serve(std::get<Config>(loaded));
  return 0;
}

}  // namespace
}  // namespace s390log

int main(int argc, char** argv) {
  CLI::App app("Collects the events of s390_log and hands them to syslog and to files.", "logd");
  std::string path;
  bool check = false;
  app.add_option("-c,--config", path,
                 fmt::format("configuration file (default {})", s390log::kDefaultConfigPath));
  app.add_flag("--check", check, "check the configuration and exit");
  CLI11_PARSE(app, argc, argv);
  try {
    return s390log::Main(path, check);
  } catch (const std::exception& error) {
    fmt::print(stderr, "logd: {}\n", error.what());
    return s390log::kExitFailure;
  }
}
