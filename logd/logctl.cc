// SPDX-License-Identifier: MIT
// logctl: asks logd and its store, explains messages, captures and replays. See logctl(1).
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <functional>
#include <nlohmann/json.hpp>

#include "logd/capture_command.h"
#include "logd/config.h"
#include "logd/control_client.h"
#include "logd/drive_display.h"
#include "logd/explanation.h"
#include "logd/query_command.h"
#include "logd/replay_command.h"
#include "logd/replay_summary.h"
#include "logd/stats_table.h"
#include "s390log/catalog.h"

namespace s390log {
namespace {

// logctl(1) documents them; CLI11's own for a wrong command line are 100 and above.
constexpr int kExitFailure = 1;
constexpr int kExitNotRunning = 3;
constexpr int kExitUnknownMessage = 5;

// Limits of options.
constexpr uint64_t kMinFile = 4096;
constexpr uint64_t kMaxFile = uint64_t{1} << 50;
constexpr uint64_t kMaxFiles = 1'000'000;
constexpr uint64_t kMaxSeconds = 1'000'000'000;
constexpr uint64_t kMaxEvents = 1'000'000'000;
constexpr uint64_t kTailEvents = 10;

// What logd answers, handed to `show`, whose result is the exit status.
int Ask(const std::string& socket, const std::string& request,
        const std::function<int(const nlohmann::ordered_json&)>& show) {
  const auto reply = AskLogd(socket, request);
  if (!reply) {
    fmt::print(stderr, "logctl: logd is not running (nobody answers at {}); start it with: logd\n",
               socket);
    return kExitNotRunning;
  }
  const auto answer = nlohmann::ordered_json::parse(*reply);
  if (answer.contains("error")) {
    fmt::print(stderr, "logctl: logd says: {}\n", answer.at("error").get<std::string>());
    return kExitFailure;
  }
  return show(answer);
}

int ShowStats(const std::string& socket, bool json) {
  return Ask(socket, "stats", [json](const nlohmann::ordered_json& stats) {
    fmt::print("{}", json ? stats.dump() + "\n" : StatsTable(stats));
    return stats.at("balanced").get<bool>() ? 0 : kExitUnbalanced;
  });
}

int ShowDrives(const std::string& socket, bool json) {
  return Ask(socket, "drives", [json](const nlohmann::ordered_json& drives) {
    fmt::print("{}", json ? drives.dump() + "\n" : DriveDisplay(drives));
    return 0;
  });
}

// Without a mode to change to, shows the present one.
int Mode(const std::string& socket, const std::string& mode) {
  if (mode.empty()) {
    return Ask(socket, "stats", [](const nlohmann::ordered_json& stats) {
      fmt::print("{}\n", stats.at("channel").at("mode").get<std::string>());
      return 0;
    });
  }
  return Ask(socket, "mode " + mode, [](const nlohmann::ordered_json&) { return 0; });
}

int Explain(const std::string& what) {
  const auto text = Explanation(what);
  if (text) {
    fmt::print("{}", *text);
    return 0;
  }
  fmt::print(stderr, "logctl: there is no message or ERPA code {}; messages are:", what);
  for (const CatalogEntry& each : CatalogTable()) fmt::print(stderr, " {}", each.message_id);
  fmt::print(stderr, "\n");
  return kExitUnknownMessage;
}

struct Options {
  std::string socket{kDefaultControlPath};
  bool json = false;
  std::string message;
  std::string mode;
  CaptureOptions capture;
  ReplayOptions replay;
  QueryOptions query;
};

// Set by the subcommand that is asked for.
using Command = std::function<int()>;

void AddStats(CLI::App& app, Options& options, Command& command) {
  CLI::App* stats = app.add_subcommand("stats", "what was emitted, delivered and lost");
  stats->add_flag("--json", options.json, "one line of JSON");
  stats->callback([&] { command = [&] { return ShowStats(options.socket, options.json); }; });
}

void AddDrives(CLI::App& app, Options& options, Command& command) {
  CLI::App* drives = app.add_subcommand("drives", "what each tape drive holds");
  drives->add_flag("--json", options.json, "one line of JSON");
  drives->callback([&] { command = [&] { return ShowDrives(options.socket, options.json); }; });
}

void AddMode(CLI::App& app, Options& options, Command& command) {
  CLI::App* mode = app.add_subcommand("mode", "what a full buffer does: show it, or change it");
  mode->add_option("mode", options.mode, "no-overwrite or overwrite")
      ->check(CLI::IsMember({"no-overwrite", "overwrite"}));
  mode->callback([&] { command = [&] { return Mode(options.socket, options.mode); }; });
}

void AddExplain(CLI::App& app, Options& options, Command& command) {
  CLI::App* explain = app.add_subcommand("explain", "what a message means and what to do");
  explain
      ->add_option("message", options.message,
                   "message id (TAP001I), ERPA code (ERPA-43) or sense bytes (40422043)")
      ->required();
  explain->callback([&] { command = [&] { return Explain(options.message); }; });
}

void AddFilters(CLI::App* app, QueryOptions& query) {
  app->add_option("--since", query.since, "from this time on: today, \"2 hours ago\"");
  app->add_option("--until", query.until, "before this time");
  app->add_option("--device", query.device, "0.0.0580, or 0580");
  app->add_option("--event", query.message, "a message id (TAP001I) or name (tape_loaded)");
  app->add_option("--volser", query.volser, "what happened to a volume");
  app->add_option("--severity", query.severity, "so severe, or worse: warning");
  app->add_option("--text", query.text, "texts that contain this");
  app->add_option("--store", query.store, "the store; by default as logd's configuration says");
  app->add_flag("--json", query.json, "JSON lines");
}

void AddQuery(CLI::App& app, QueryOptions& options, Command& command) {
  CLI::App* query = app.add_subcommand("query", "events in the store");
  AddFilters(query, options);
  query->add_option("--limit", options.limit, "the newest so many")
      ->check(CLI::Range(uint64_t{1}, kMaxEvents));
  query->callback([&] { command = [&] { return RunQuery(options, stdout); }; });
}

void AddTail(CLI::App& app, QueryOptions& options, Command& command) {
  CLI::App* tail = app.add_subcommand("tail", "the newest events in the store");
  AddFilters(tail, options);
  tail->add_option("-n", options.limit, fmt::format("so many (default {})", kTailEvents))
      ->check(CLI::Range(uint64_t{1}, kMaxEvents));
  tail->add_flag("-f,--follow", options.follow, "and those that come");
  tail->callback([&] {
    if (options.limit == 0) options.limit = kTailEvents;
    command = [&] { return RunQuery(options, stdout); };
  });
}

void AddCapture(CLI::App& app, CaptureOptions& options, Command& command) {
  constexpr bool kOnlyPowersOf1000 = false;
  CLI::App* capture = app.add_subcommand("capture", "record the channel into files");
  capture->add_option("folder", options.folder, "where to; made if it is not there")->required();
  CLI::Option* size = capture->add_option("--file-size", options.limits.file_size,
                                          "begin new files at this size: 10M");
  size->transform(CLI::AsSizeValue(kOnlyPowersOf1000))->check(CLI::Range(kMinFile, kMaxFile));
  capture->add_option("--keep", options.limits.keep, "files of each CPU; older ones are deleted")
      ->check(CLI::Range(uint64_t{1}, kMaxFiles))
      ->needs(size);
  capture->add_option("--for", options.seconds, "end after so many seconds")
      ->check(CLI::Range(uint64_t{1}, kMaxSeconds));
  capture->add_flag("--quiet", options.quiet, "no counters, only the summary");
  capture->add_option("--device", options.device, "the channel")->capture_default_str();
  capture->callback([&] { command = [&] { return RunCapture(options); }; });
}

void AddReplay(CLI::App& app, ReplayOptions& options, Command& command) {
  CLI::App* replay = app.add_subcommand("replay", "the events of a capture, of any machine");
  replay->add_option("folder", options.folder, "a capture")->required();
  replay->add_flag("--json", options.json, "JSON lines");
  replay->add_flag("--summary", options.summary_only, "only the sums");
  replay->callback([&] { command = [&] { return RunReplay(options, stdout); }; });
}

}  // namespace
}  // namespace s390log

int main(int argc, char** argv) {
  s390log::Options options;
  s390log::Command command;
  CLI::App app("Asks logd, explains its messages, captures and replays.", "logctl");
  app.require_subcommand(1);
  app.add_option("-s,--socket", options.socket, "control socket of logd")->capture_default_str();
  s390log::AddStats(app, options, command);
  s390log::AddDrives(app, options, command);
  s390log::AddMode(app, options, command);
  s390log::AddExplain(app, options, command);
  s390log::AddQuery(app, options.query, command);
  s390log::AddTail(app, options.query, command);
  s390log::AddCapture(app, options.capture, command);
  s390log::AddReplay(app, options.replay, command);
  CLI11_PARSE(app, argc, argv);
  try {
    return command();
  } catch (const std::exception& error) {
    fmt::print(stderr, "logctl: {}\n", error.what());
    return s390log::kExitFailure;
  }
}
