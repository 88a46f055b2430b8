// SPDX-License-Identifier: MIT
// The verbs of the command line.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "hercules/src/spec.h"

namespace lab {

struct Options {
  GuestSpec spec;
  bool json = false;
  bool needs_root = false;
  bool read_only = false;
  bool follow = false;
  std::string drive;
  std::string volume;
  std::string type = "3490";
  std::string receiver;
  std::string log = "kernel";
  std::string from;
  std::string to;
  std::vector<std::string> words;
};

// Each verb sets `action` to what it does; the result is the exit code.
void AddVerbs(CLI::App& app, Options& options, std::function<int()>& action);

}  // namespace lab
