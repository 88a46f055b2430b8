// SPDX-License-Identifier: MIT
// lab: a mainframe on the table. See hercules/README.md for its verbs and exit codes.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <optional>

#include "hercules/src/error.h"
#include "hercules/src/verbs.h"

namespace lab {

namespace {

// A network of its own takes root; everything else works as the user who called sudo.
void BecomeRoot(int argc, char** argv) {
  if (geteuid() == 0) return;
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  std::vector<char*> words = {const_cast<char*>("sudo"), const_cast<char*>(self.c_str())};
  for (int i = 1; i < argc; ++i) words.push_back(argv[i]);
  words.push_back(nullptr);
  execvp("sudo", words.data());
  throw LabError(ExitCode::kSurroundings,
                 "a lab needs root for a network of its own, and there is no sudo");
}

int Run(int argc, char** argv) {
  CLI::App app("Boots Linux on an emulated IBM Z and plays its operator.");
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 done, 1 failed, 2 usage, 3 no such lab, 4 already up, 5 timeout,\n"
      "6 guest died, 7 refused by the machine, 8 this computer lacks something;\n"
      "`run` and `shell` pass on the code of what they ran.");
  Options options;
  std::function<int()> action;
  AddVerbs(app, options, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::kUsage);
  }
  if (options.needs_root) BecomeRoot(argc, argv);
  return action();
}

}  // namespace

}  // namespace lab

int main(int argc, char** argv) {
  try {
    return lab::Run(argc, argv);
  } catch (const lab::LabError& error) {
    std::cerr << "lab: " << error.what() << std::endl;
    return static_cast<int>(error.code());
  } catch (const std::exception& error) {
    std::cerr << "lab: " << error.what() << std::endl;
    return static_cast<int>(lab::ExitCode::kFailed);
  }
}
