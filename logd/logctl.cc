// SPDX-License-Identifier: MIT
// logctl: asks logd, and explains messages. See logctl(1).
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>

#include "logd/config.h"
#include "logd/control_client.h"
#include "logd/stats_table.h"
#include "s390log/catalog.h"

namespace s390log {
namespace {

// logctl(1) documents them; CLI11's own for a wrong command line are 100 and above.
constexpr int kExitFailure = 1;
constexpr int kExitNotRunning = 3;
constexpr int kExitUnbalanced = 4;
constexpr int kExitUnknownMessage = 5;

int ShowStats(const std::string& socket, bool json) {
  const auto reply = AskLogd(socket, "stats");
  if (!reply) {
    fmt::print(stderr, "logctl: logd is not running (nobody answers at {}); start it with: logd\n",
               socket);
    return kExitNotRunning;
  }
  const auto stats = nlohmann::ordered_json::parse(*reply);
  if (stats.contains("error")) {
    fmt::print(stderr, "logctl: logd says: {}\n", stats.at("error").get<std::string>());
    return kExitFailure;
  }
  if (json) {
    fmt::print("{}\n", *reply);
  } else {
    fmt::print("{}", StatsTable(stats));
  }
  return stats.at("balanced").get<bool>() ? 0 : kExitUnbalanced;
}

int Explain(const std::string& id) {
  const CatalogEntry* entry = FindMessage(id);
  if (entry == nullptr) {
    fmt::print(stderr, "logctl: there is no message {}; known are:", id);
    for (const CatalogEntry& each : CatalogTable()) fmt::print(stderr, " {}", each.message_id);
    fmt::print(stderr, "\n");
    return kExitUnknownMessage;
  }
  fmt::print("{}  {}\n\n  Event: {}, severity {}\n\n  Explanation: {}\n\n  Operator action: {}\n",
             entry->message_id, entry->text, entry->name, SeverityName(entry->severity),
             entry->explanation, entry->action);
  return 0;
}

}  // namespace
}  // namespace s390log

int main(int argc, char** argv) {
  CLI::App app("Asks logd, and explains its messages.", "logctl");
  app.require_subcommand(1);
  std::string socket(s390log::kDefaultControlPath);
  app.add_option("-s,--socket", socket, "control socket of logd")->capture_default_str();

  CLI::App* stats = app.add_subcommand("stats", "what was emitted, delivered and lost");
  bool json = false;
  stats->add_flag("--json", json, "one line of JSON");

  CLI::App* explain = app.add_subcommand("explain", "what a message means and what to do");
  std::string id;
  explain->add_option("message", id, "message id, such as TAP001I")->required();
  CLI11_PARSE(app, argc, argv);
  try {
    return stats->parsed() ? s390log::ShowStats(socket, json) : s390log::Explain(id);
  } catch (const std::exception& error) {
    fmt::print(stderr, "logctl: {}\n", error.what());
    return s390log::kExitFailure;
  }
}
