// SPDX-License-Identifier: MIT
#include "hercules/src/verbs.h"

#include <fmt/core.h>
#include <poll.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>

#include "hercules/src/error.h"
#include "hercules/src/interrupt.h"
#include "hercules/src/lab.h"
#include "hercules/src/line_reader.h"
#include "hercules/src/progress.h"
#include "hercules/src/sessions.h"

namespace lab {

namespace {

constexpr int kPollMs = 100;

void Say(const std::string& line) {
  fmt::print("{}\n", line);
  fflush(stdout);
}

int Up(const Options& options) {
  NoteInterrupts();
  Lab::Up(options.spec, Lifetime::kDetached, ProgressOnTerminal());
  Say("lab '" + options.spec.name + "' is up");
  return 0;
}

int Down(const Options& options) {
  Lab lab = Lab::Find(options.spec.name);
  lab.Down();
  const std::vector<std::string> complaints = lab.Complaints();
  for (const std::string& line : complaints) Say("guest kernel: " + line);
  return complaints.empty() ? 0 : static_cast<int>(ExitCode::kFailed);
}

int Status(const Options& options) {
  const Json status = Lab::Find(options.spec.name).Status();
  if (options.json) {
    Say(status.dump(2));
    return 0;
  }
  const auto text = [&](const char* key) { return status.at(key).get<std::string>(); };
  Say(fmt::format("{}: {}, Linux {} on {}, {} kernel complaints, logs in {}", text("name"),
                  text("state"), text("kernel"), text("machine"),
                  status.at("complaints").get<int>(), text("logs")));
  if (status.contains("death")) Say("  " + text("death"));
  const Json drives = status.value("drives", Json::object());
  for (const auto& [number, drive] : drives.items()) {
    std::string holds = "detached";
    if (drive.at("attached").get<bool>()) {
      holds = drive.at("tape").is_null() ? "empty" : drive.at("tape").get<std::string>();
      if (drive.at("read_only").get<bool>()) holds += ", read-only";
    }
    Say(fmt::format("  {} ({}): {}", number, drive.at("type").get<std::string>(), holds));
  }
  return 0;
}

Json ToJson(const Event& event) {
  return {{"time", event.time},     {"sequence", event.sequence},     {"boot_id", event.boot_id},
          {"device", event.device}, {"message_id", event.message_id}, {"text", event.text}};
}

int Events(const Options& options) {
  const Lab lab = Lab::Find(options.spec.name);
  EventFeed feed = lab.Events();
  while (true) {
    for (const Event& event : feed.Read()) {
      Say(options.json ? ToJson(event).dump() : ForTerminal(event));
    }
    if (!options.follow || lab.Dead()) return 0;
    usleep(kPollMs * 1000);
  }
}

int Log(const Options& options) {
  const Layout layout(options.spec.name);
  const std::map<std::string, fs::path> logs = {{"kernel", layout.KernelLog()},
                                                {"console", layout.ConsoleLog()},
                                                {"syslog", layout.SyslogFile()},
                                                {"supervisor", layout.SupervisorLog()}};
  std::ifstream in(logs.at(options.log));
  if (!in) {
    throw LabError(ExitCode::kNoLab, "there is no " + logs.at(options.log).string());
  }
  std::string line;
  while (std::getline(in, line)) Say(line);
  return 0;
}

// Prints what the console says from now on, and types what we are given.
int Console(const Options& options) {
  Lab lab = Lab::Find(options.spec.name);
  std::ifstream in(lab.layout().ConsoleLog());
  in.seekg(0, std::ios::end);
  LineReader typed(STDIN_FILENO);
  while (!lab.Dead()) {
    std::cout << std::string(std::istreambuf_iterator<char>(in), {}) << std::flush;
    in.clear();
    pollfd waiting = {typed.ended() ? -1 : STDIN_FILENO, POLLIN, 0};
    if (poll(&waiting, 1, kPollMs) <= 0) continue;
    for (const std::string& line : typed.Read()) lab.TypeOnConsole(line);
  }
  return static_cast<int>(ExitCode::kGuestDied);
}

int Put(const Options& options) {
  std::ifstream in(options.from, std::ios::binary);
  if (!in) throw LabError(ExitCode::kFailed, "cannot read " + options.from);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const Output output =
      Lab::Find(options.spec.name).Run("cat >" + ShellQuoted({options.to}), bytes);
  std::cerr << output.text;
  return output.status;
}

int Get(const Options& options) {
  Lab lab = Lab::Find(options.spec.name);
  const Output output = lab.Run("cat " + ShellQuoted({options.from}));
  if (output.status != 0) {
    std::cerr << output.text;
    return output.status;
  }
  std::ofstream(options.to, std::ios::binary) << output.text;
  return 0;
}

int Panel(const Options& options) {
  std::string line;
  for (const std::string& word : options.words) line += (line.empty() ? "" : " ") + word;
  for (const std::string& reply : Lab::Find(options.spec.name).Panel(line)) Say(reply);
  return 0;
}

void AddGuestOptions(CLI::App* verb, Options& options) {
  static const std::map<std::string, MachineKind> machines = {{"hercules", MachineKind::kHercules},
                                                              {"qemu", MachineKind::kQemu}};
  verb->add_option("--machine", options.spec.machine, "hercules (default) or qemu")
      ->transform(CLI::CheckedTransformer(machines, CLI::ignore_case))
      ->option_text("NAME");
  verb->add_option("--kernel", options.spec.kernel, "6.1 (default), 6.12, debug or kcsan")
      ->check(CLI::IsMember({"6.1", "6.12", "debug", "kcsan"}))
      ->option_text("VERSION");
  verb->add_flag("--no-services{false}", options.spec.services,
                 "without our modules, logd, and the drives online");
  verb->add_flag("--no-volumes{false}", options.spec.volumes,
                 "logd does not identify the volumes: nobody but you touches a tape");
  verb->add_option("--trace", options.spec.traced,
                   "write a device's channel programs to the console log")
      ->option_text("DEVICE");
  verb->add_option("--append", options.spec.append, "more for the kernel's command line")
      ->option_text("TEXT");
  verb->add_option_function<std::string>(
          "--disk",
          [&options](const std::string& file) {
            options.spec.disk = std::filesystem::absolute(file);
            options.spec.services = false;
          },
          "boot the Debian on this disk (a copy of build/debian/disk.img; make debian)")
      ->option_text("FILE");
  verb->add_option("--cpus", options.spec.cpus)->check(CLI::Range(1, 8));
  verb->add_option("--memory", options.spec.memory_mb, "in MB")->check(CLI::Range(256, 8192));
}

class Verbs {
 public:
  Verbs(CLI::App& app, Options& options, std::function<int()>& action)
      : app_(app), options_(options), action_(action) {}

  CLI::App* Add(const char* name, const char* help, std::function<int(Options&)> run,
                bool needs_root = false) {
    CLI::App* verb = app_.add_subcommand(name, help);
    verb->fallthrough();
    verb->callback([this, run, needs_root] {
      options_.needs_root = needs_root;
      action_ = [this, run] { return run(options_); };
    });
    return verb;
  }

  void AddLifecycle() {
    AddGuestOptions(Add("up", "boot a guest and leave it running", Up, true), options_);
    Add("down", "stop the services in the guest, then the lab", Down);
    Add("status", "what runs and what the drives hold", Status)
        ->add_flag("--json", options_.json, "for programs");
    AddGuestOptions(Add(
                        "demo", "boot, play the operator's script, check the books",
                        [](Options& o) { return static_cast<int>(RunDemo(o.spec)); }, true),
                    options_);
    AddGuestOptions(Add(
                        "keep", "boot, show events, pass typed lines to the guest until ^C",
                        [](Options& o) { return static_cast<int>(RunKept(o.spec)); }, true),
                    options_);
  }

  void AddOperator() {
    CLI::App* mount = AddForDrive("mount", "put a tape into a drive", [](Options& o) {
      Lab::Find(o.spec.name).Mount(o.drive, o.volume, o.read_only);
      return 0;
    });
    mount->add_option("volume", options_.volume, "a volume serial, made on demand, or a file")
        ->required();
    mount->add_flag("--read-only", options_.read_only, "write-protected");
    AddForDrive("unmount", "take the tape out", [](Options& o) {
      Lab::Find(o.spec.name).Unmount(o.drive);
      return 0;
    });
    AddForDrive("attach", "connect a drive to the machine", [](Options& o) {
      Lab::Find(o.spec.name).Attach(o.drive, o.type);
      return 0;
    })->add_option("type", options_.type, "3490 (default), 3480, ...");
    AddForDrive("detach", "disconnect a drive", [](Options& o) {
      Lab::Find(o.spec.name).Detach(o.drive);
      return 0;
    });
    Add("receiver", "the syslog receiver: end it, or start it again",
        [](Options& o) {
          Lab::Find(o.spec.name).Receiver(o.receiver == "on");
          return 0;
        })
        ->add_option("on|off", options_.receiver)
        ->required()
        ->check(CLI::IsMember({"on", "off"}));
    Add("panel", "a command of Hercules's own panel", Panel)
        ->add_option("command", options_.words)
        ->required();
  }

  void AddGuest() {
    CLI::App* run =
        Add("run", "run a program in the guest: PROGRAM [ARGUMENT...]", [this](Options& o) {
          const std::vector<std::string> words = app_.get_subcommand("run")->remaining();
          if (words.empty()) throw LabError(ExitCode::kUsage, "run what?");
          return Lab::Find(o.spec.name).RunHere(ShellQuoted(words));
        });
    // What follows is the program's, even --name.
    run->fallthrough(false)->prefix_command();
    Add("shell", "a shell in the guest",
        [](Options& o) { return Lab::Find(o.spec.name).RunHere("", isatty(STDIN_FILENO) != 0); });
    Add("console", "the guest's console: shows it, types what is typed", Console);
    CLI::App* put = Add("put", "copy a file into the guest", Put);
    CLI::App* get = Add("get", "copy a file out of the guest", Get);
    for (CLI::App* verb : {put, get}) {
      verb->add_option("from", options_.from)->required();
      verb->add_option("to", options_.to)->required();
    }
  }

  void AddLogs() {
    CLI::App* events = Add("events", "the events that arrived at the syslog receiver", Events);
    events->add_flag("-f,--follow", options_.follow, "and those to come");
    events->add_flag("--json", options_.json, "one object per line");
    Add("log", "one of the lab's logs", Log)
        ->add_option("which", options_.log, "kernel (default), console, syslog, supervisor")
        ->check(CLI::IsMember({"kernel", "console", "syslog", "supervisor"}));
  }

 private:
  CLI::App* AddForDrive(const char* name, const char* help, std::function<int(Options&)> run) {
    CLI::App* verb = Add(name, help, std::move(run));
    verb->add_option("drive", options_.drive, "its device number, as in 0580")
        ->required()
        ->check(CLI::Validator(IsDeviceNumber, "DEVICE"));
    return verb;
  }

  static std::string IsDeviceNumber(std::string& text) {
    const bool good =
        text.size() == 4 && text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
    for (char& c : text) c = static_cast<char>(toupper(static_cast<unsigned char>(c)));
    return good ? "" : "a device number has four hexadecimal digits, as in 0580";
  }

  CLI::App& app_;
  Options& options_;
  std::function<int()>& action_;
};

}  // namespace

void AddVerbs(CLI::App& app, Options& options, std::function<int()>& action) {
  app.add_option("--name", options.spec.name, "which lab, if there are several")
      ->option_text("NAME");
  // The callbacks keep it.
  auto verbs = std::make_shared<Verbs>(app, options, action);
  verbs->AddLifecycle();
  verbs->AddOperator();
  verbs->AddGuest();
  verbs->AddLogs();
  app.callback([verbs] {});
}

}  // namespace lab
