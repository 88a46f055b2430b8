// SPDX-License-Identifier: MIT
// logd: collects the events of s390_log and hands them to its sinks. See logd(8).
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "logd/config.h"
#include "logd/configured_sinks.h"
#include "logd/daemon.h"
#include "logd/hangup_signal.h"
#include "logd/instance_lock.h"
#include "logd/journal_sink.h"
#include "logd/json_sink.h"
#include "logd/metrics_server.h"
#include "logd/quiet_signals.h"
#include "logd/reload.h"
#include "logd/stop_signals.h"
#include "logd/syslog_sinks.h"
#include "s390log/device_channel.h"
#include "s390log/kevent_queue.h"

namespace s390log {
namespace {

constexpr int kExitFailure = 1;
constexpr int kExitConfig = 2;  // or the command line

std::unique_ptr<Sink> MakeJsonSink(const JsonConfig& config) {
  return std::make_unique<JsonSink>(
      config.path, LineFile::Rotation{uint64_t{config.max_megabytes} << 20, config.keep});
}

std::unique_ptr<Sink> MakeJournalSink(const JournalConfig& config) {
  return std::make_unique<JournalSink>(config.path,
                                       JournalOrigin{config.app_name, config.facility});
}

void Tell(const std::string& what) { fmt::print(stderr, "logd: {}\n", what); }

// Events matter more than that they are kept: without a store they still go to the sinks. On
// failure `why` says what the operator must know.
std::optional<Store> OpenStore(const Config& config, std::string& why) {
  if (!config.store) return std::nullopt;
  try {
    return std::make_optional<Store>(config.store->path);
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

// `path` as it was given, `text` what `config` was read from.
void Serve(const Config& config, const std::string& path, const std::string& text) {
  QuietSignals();
  const UniqueFd stop = StopSignals();
  const UniqueFd hangup = HangupSignal();
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
  ConfiguredSinks sinks(daemon, {MakeJsonSink, MakeSyslogSink, MakeJournalSink});
  sinks.Apply(config);
  Reload reload(
      path, text, sinks,
      [&channel](const Config& changed) {
        channel.SetIdentifyVolumes(changed.drives.identify_volumes);
      },
      Tell);
  daemon.OnHangup(hangup.Get(), [&reload] { reload.Run(); });
  std::unique_ptr<MetricsServer> metrics_server;
  if (config.metrics) metrics_server = ServeMetrics(*config.metrics, metrics);
  daemon.Run();
  fmt::print(stderr, "logd: {}\n", BalanceLine(daemon.GetStats()));
}

int Refuse(const ConfigErrors& errors) {
  for (const std::string& error : errors) Tell(error);
  return kExitConfig;
}

int Main(const std::string& path, bool check) {
  const auto loaded = LoadConfigFile(path);
  if (const auto* errors = std::get_if<ConfigErrors>(&loaded)) return Refuse(*errors);
  const auto& file = std::get<ConfigFile>(loaded);
  const auto config = ParseConfig(file.text, file.name);
  if (const auto* errors = std::get_if<ConfigErrors>(&config)) return Refuse(*errors);
  if (check) {
    fmt::print("{} is good\n", file.name);
  } else {
    Serve(std::get<Config>(config), path, file.text);
  }
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
  try {
    app.parse(argc, argv);
    return s390log::Main(path, check);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : s390log::kExitConfig;
  } catch (const std::exception& error) {
    fmt::print(stderr, "logd: {}\n", error.what());
    return s390log::kExitFailure;
  }
}
