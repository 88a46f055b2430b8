// SPDX-License-Identifier: MIT
// logctl: asks logd and its store, explains messages, captures and replays. See logctl(1).
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "logd/access_error.h"
#include "logd/capture_command.h"
#include "logd/completion.h"
#include "logd/config.h"
#include "logd/control_client.h"
#include "logd/drive_display.h"
#include "logd/exit_code.h"
#include "logd/explanation.h"
#include "logd/known_values.h"
#include "logd/local_config.h"
#include "logd/query_command.h"
#include "logd/replay_command.h"
#include "logd/sink_display.h"
#include "logd/stats_table.h"
#include "logd/stop_signals.h"
#include "logd/store_schema.h"
#include "logd/style.h"
#include "s390log/catalog.h"

namespace s390log {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kWatchMs = 1000;
constexpr int kSeverities = 8;

// Limits of options.
constexpr uint64_t kMinFile = 4096;
constexpr uint64_t kMaxFile = uint64_t{1} << 50;
constexpr uint64_t kMaxFiles = 1'000'000;
constexpr uint64_t kMaxSeconds = 1'000'000'000;
constexpr uint64_t kMaxEvents = 1'000'000'000;
constexpr uint64_t kTailEvents = 10;

struct Options {
  std::string socket;
  std::string colour = "auto";
  bool json = false;
  bool watch = false;
  std::string message;
  std::string mode;
  CaptureOptions capture;
  ReplayOptions replay;
  QueryOptions query;

  Style StyleOfOutput() const {
    const ColourMode when = colour == "auto"     ? ColourMode::kAuto
                            : colour == "always" ? ColourMode::kAlways
                                                 : ColourMode::kNever;
    return StyleOf(STDOUT_FILENO, when);
  }
};

const char* StartCommand() {
  return ::access("/run/systemd/system", F_OK) == 0 ? "systemctl start s390-logd" : "logd";
}

// What logd answers, handed to `show`, whose result is the exit status.
int Ask(const Options& options, const std::string& request,
        const std::function<int(const Json&)>& show) {
  const std::string socket = LocalControlPath(options.socket);
  const auto reply = AskLogd(socket, request);
  if (!reply) {
    fmt::print(stderr, "logctl: logd is not running (nobody answers at {}); start it with: {}\n",
               socket, StartCommand());
    return kExitNotRunning;
  }
  const auto answer = Json::parse(*reply);
  if (answer.contains("error")) {
    fmt::print(stderr, "logctl: logd says: {}\n", answer.at("error").get<std::string>());
    return kExitFailure;
  }
  return show(answer);
}

void PrintLine(const Json& json) { fmt::print("{}\n", json.dump()); }

int ShowStats(const Options& options) {
  return Ask(options, "stats", [&](const Json& stats) {
    // On a terminal the new table takes the place of the old one.
    if (options.watch && !options.json && ::isatty(STDOUT_FILENO) == 1) fmt::print("\033[H\033[J");
    options.json ? PrintLine(stats) : fmt::print("{}", StatsTable(stats, options.StyleOfOutput()));
    return stats.at("balanced").get<bool>() ? 0 : kExitUnbalanced;
  });
}

// Until somebody wants us to end, or there is nothing to watch any more.
int WatchStats(const Options& options) {
  const UniqueFd stop = StopSignals();
  ::signal(SIGPIPE, SIG_DFL);
  while (true) {
    const int code = ShowStats(options);
    std::fflush(stdout);
    pollfd wait{stop.Get(), POLLIN, 0};
    if (code == kExitNotRunning || code == kExitFailure || ::poll(&wait, 1, kWatchMs) > 0)
      return code;
  }
}

int ShowSinks(const Options& options) {
  return Ask(options, "stats", [&](const Json& stats) {
    if (options.json) {
      PrintLine({{"sinks", stats.at("sinks")}});
    } else {
      fmt::print("{}", SinkDisplay(stats, options.StyleOfOutput()));
    }
    return 0;
  });
}

int ShowDrives(const Options& options) {
  return Ask(options, "drives", [&](const Json& drives) {
    options.json ? PrintLine(drives)
                 : fmt::print("{}", DriveDisplay(drives, options.StyleOfOutput()));
    return 0;
  });
}

// Without a mode to change to, shows the present one.
int Mode(const Options& options) {
  const bool change = !options.mode.empty();
  return Ask(options, change ? "mode " + options.mode : "stats", [&](const Json& answer) {
    const auto mode = (change ? answer : answer.at("channel")).at("mode").get<std::string>();
    if (options.json) {
      PrintLine({{"mode", mode}});
    } else if (!change) {
      fmt::print("{}\n", mode);
    }
    return 0;
  });
}

int Explain(const Options& options) {
  const auto text = Explanation(options.message);
  if (text) {
    options.json ? PrintLine(ExplanationJson(options.message)) : fmt::print("{}", *text);
    return 0;
  }
  fmt::print(stderr, "logctl: there is no message or ERPA code {}; messages are:", options.message);
  for (const CatalogEntry& each : CatalogTable()) fmt::print(stderr, " {}", each.message_id);
  fmt::print(stderr, "\n");
  return kExitUnknownMessage;
}

// Set by the subcommand that is asked for.
using Command = std::function<int()>;

constexpr const char* kJson = "one line of JSON";

void AddStats(CLI::App& app, Options& options, Command& command) {
  CLI::App* stats = app.add_subcommand("stats", "what was emitted, delivered and lost");
  stats->add_flag("--json", options.json, kJson);
  stats->add_flag("-w,--watch", options.watch, "again each second");
  stats->callback(
      [&] { command = [&] { return options.watch ? WatchStats(options) : ShowStats(options); }; });
}

void AddSinks(CLI::App& app, Options& options, Command& command) {
  CLI::App* sinks = app.add_subcommand("sinks", "where events go, and what waits there");
  sinks->add_flag("--json", options.json, kJson);
  sinks->callback([&] { command = [&] { return ShowSinks(options); }; });
}

void AddDrives(CLI::App& app, Options& options, Command& command) {
  CLI::App* drives = app.add_subcommand("drives", "what each tape drive holds");
  drives->add_flag("--json", options.json, kJson);
  drives->callback([&] { command = [&] { return ShowDrives(options); }; });
}

void AddMode(CLI::App& app, Options& options, Command& command) {
  CLI::App* mode = app.add_subcommand("mode", "what a full buffer does: show it, or change it");
  mode->add_option("mode", options.mode, "no-overwrite or overwrite")
      ->check(CLI::IsMember({"no-overwrite", "overwrite"}));
  mode->add_flag("--json", options.json, kJson);
  mode->callback([&] { command = [&] { return Mode(options); }; });
}

void AddExplain(CLI::App& app, Options& options, Command& command) {
  CLI::App* explain = app.add_subcommand("explain", "what a message means and what to do");
  explain
      ->add_option("message", options.message,
                   "message id (TAP001I), ERPA code (ERPA-43) or sense bytes (40422043)")
      ->required()
      ->type_name("MESSAGE");
  explain->add_flag("--json", options.json, kJson);
  explain->callback([&] { command = [&] { return Explain(options); }; });
}

std::vector<std::string> Severities() {
  std::vector<std::string> names;
  for (int severity = 0; severity < kSeverities; ++severity)
    names.emplace_back(SeverityName(severity));
  return names;
}

void AddFilters(CLI::App* app, QueryOptions& query) {
  app->add_option("--since", query.since, "from this time on: today, \"2 hours ago\"")
      ->type_name("TIME");
  app->add_option("--until", query.until, "before this time")->type_name("TIME");
  app->add_option("--device", query.device, "0.0.0580, or 0580")->type_name("DEVICE");
  app->add_option("--event", query.message, "a message id (TAP001I) or name (tape_loaded)")
      ->type_name("EVENT");
  app->add_option("--volser", query.volser, "what happened to a volume")->type_name("VOLSER");
  app->add_option("--severity", query.severity, "so severe, or worse")
      ->check(CLI::IsMember(Severities()));
  app->add_option("--text", query.text, "texts that contain this");
  app->add_option("--store", query.store, "the store; by default as logd's configuration says")
      ->type_name("FILE");
  app->add_flag("--json", query.json, "JSON lines");
}

int Query(Options& options) {
  options.query.style = options.StyleOfOutput();
  return RunQuery(options.query, stdout);
}

void AddQuery(CLI::App& app, Options& options, Command& command) {
  CLI::App* query = app.add_subcommand("query", "events in the store");
  AddFilters(query, options.query);
  query->add_option("--limit", options.query.limit, "the newest so many")
      ->check(CLI::Range(uint64_t{1}, kMaxEvents))
      ->type_name("N");
  query->callback([&] { command = [&] { return Query(options); }; });
}

void AddTail(CLI::App& app, Options& options, Command& command) {
  CLI::App* tail = app.add_subcommand("tail", "the newest events in the store");
  AddFilters(tail, options.query);
  tail->add_option("-n", options.query.limit, fmt::format("so many (default {})", kTailEvents))
      ->check(CLI::Range(uint64_t{1}, kMaxEvents))
      ->type_name("N");
  tail->add_flag("-f,--follow", options.query.follow, "and those that come");
  tail->callback([&] {
    if (options.query.limit == 0) options.query.limit = kTailEvents;
    command = [&] { return Query(options); };
  });
}

void AddCapture(CLI::App& app, CaptureOptions& options, Command& command) {
  constexpr bool kOnlyPowersOf1000 = false;
  CLI::App* capture = app.add_subcommand("capture", "record the channel into files");
  capture->add_option("folder", options.folder, "where to; made if it is not there")
      ->required()
      ->type_name("FOLDER");
  CLI::Option* size = capture->add_option("--file-size", options.limits.file_size,
                                          "begin new files at this size: 10M");
  size->transform(CLI::AsSizeValue(kOnlyPowersOf1000))->check(CLI::Range(kMinFile, kMaxFile));
  size->type_name("SIZE");
  capture->add_option("--keep", options.limits.keep, "files of each CPU; older ones are deleted")
      ->check(CLI::Range(uint64_t{1}, kMaxFiles))
      ->needs(size)
      ->type_name("N");
  capture->add_option("--for", options.seconds, "end after so many seconds")
      ->check(CLI::Range(uint64_t{1}, kMaxSeconds))
      ->type_name("SECONDS");
  capture->add_flag("--quiet", options.quiet, "no counters, only the summary");
  capture->add_option("--device", options.device, "the channel")
      ->capture_default_str()
      ->type_name("FILE");
  capture->add_flag("--json", options.json, "the summary as one line of JSON, and no counters");
  capture->callback([&] { command = [&] { return RunCapture(options); }; });
}

void AddReplay(CLI::App& app, Options& options, Command& command) {
  CLI::App* replay = app.add_subcommand("replay", "the events of a capture, of any machine");
  replay->add_option("folder", options.replay.folder, "a capture")->required()->type_name("FOLDER");
  replay->add_flag("--json", options.replay.json, "JSON lines");
  replay->add_flag("--summary", options.replay.summary_only, "only the sums");
  replay->callback([&] {
    command = [&] {
      options.replay.style = options.StyleOfOutput();
      return RunReplay(options.replay, stdout);
    };
  });
}

void AddAll(CLI::App& app, Options& options, Command& command) {
  app.require_subcommand(1);
  app.fallthrough();  // its options may stand behind the command, too
  app.footer(ExitCodeText());
  app.add_option(
         "-s,--socket", options.socket,
         fmt::format("control socket of logd; by default as logd's configuration says, or {}",
                     kDefaultControlPath))
      ->type_name("FILE");
  app.add_option("--color", options.colour, "colours: if it is a terminal, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
  AddTail(app, options, command);
  AddQuery(app, options, command);
  AddDrives(app, options, command);
  AddSinks(app, options, command);
  AddStats(app, options, command);
  AddMode(app, options, command);
  AddExplain(app, options, command);
  AddCapture(app, options.capture, command);
  AddReplay(app, options, command);
}

// For shells: what can come next behind these words, each with what it means.
int Complete(const CLI::App& app, const std::vector<std::string>& words) {
  std::string socket;
  for (size_t i = 0; i + 1 < words.size(); ++i)
    if (words[i] == "-s" || words[i] == "--socket") socket = words[i + 1];
  const Completion completion(app, KnownValues(LocalControlPath(socket)));
  for (const Candidate& each : completion.Next(words))
    fmt::print("{}\t{}\n", each.word, each.meaning);
  return 0;
}

// What CLI11 says of a command that there is not is only that one is required.
int Refuse(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error);  // --help
  const std::vector<std::string> rest = app.remaining();
  if (app.get_subcommands().empty() && !rest.empty()) {
    std::string commands;
    for (const CLI::App* each : app.get_subcommands([](const CLI::App*) { return true; }))
      commands += " " + each->get_name();
    fmt::print(stderr, "logctl: there is no command {}; commands are:{}\n", rest.front(), commands);
  } else {
    fmt::print(stderr, "logctl: {}; see logctl --help\n", error.what());
  }
  return kExitUsage;
}

int Run(const Command& command) {
  try {
    return command();
  } catch (const AccessError& error) {
    fmt::print(stderr, "logctl: {}\n", error.what());
    return kExitDenied;
  } catch (const StoreError& error) {
    fmt::print(stderr, "logctl: {}\n", error.what());
    return kExitNoStore;
  } catch (const std::invalid_argument& error) {
    fmt::print(stderr, "logctl: {}\n", error.what());
    return kExitUsage;
  } catch (const std::exception& error) {
    fmt::print(stderr, "logctl: {}\n", error.what());
    return kExitFailure;
  }
}

}  // namespace
}  // namespace s390log

int main(int argc, char** argv) {
  s390log::Options options;
  s390log::Command command;
  CLI::App app("Asks logd, explains its messages, captures and replays.", "logctl");
  s390log::AddAll(app, options, command);
  if (argc >= 2 && std::string_view(argv[1]) == "complete") {
    return s390log::Complete(app, {argv + 2, argv + argc});
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return s390log::Refuse(app, error);
  }
  return s390log::Run(command);
}
