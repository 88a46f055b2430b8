// SPDX-License-Identifier: MIT
// A running emulator, as a process that takes lines on its standard input and whose standard output
// is the guest's console, with Hercules's own messages in between.
#pragma once

#include <deque>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hercules/src/layout.h"
#include "hercules/src/line_reader.h"
#include "hercules/src/loop.h"
#include "hercules/src/process.h"
#include "hercules/src/unique_fd.h"

namespace lab {

// How to start one: made by hercules.h or qemu.h.
struct MachinePlan {
  Command command;
  std::string console_prefix;  // what makes a typed line one for the guest
};

class Machine {
 public:
  Machine(Loop& loop, const MachinePlan& plan, const fs::path& log);
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
  ~Machine();

  // Lines for the emulator, and for the guest's console.
  void Type(const std::string& line);
  void TypeForGuest(const std::string& line) { Type(console_prefix_ + line); }

  // Why the machine or its guest ended; empty while it runs.
  const std::optional<std::string>& death() const { return death_; }
  // The kernel has said its first words.
  bool linux_speaks() const { return linux_speaks_; }
  // The newest lines of the console, oldest first.
  std::vector<std::string> Tail(size_t count) const;
  std::string LastLine() const { return tail_.empty() ? "" : tail_.back(); }

  // Called with each line while it is set.
  std::function<void(const std::string&)> on_line;

 private:
  void ReadConsole();
  void Take(const std::string& line);

  Loop& loop_;
  std::string console_prefix_;
  UniqueFd input_;
  UniqueFd output_;
  std::optional<LineReader> reader_;
  std::ofstream log_;
  std::deque<std::string> tail_;
  bool linux_speaks_ = false;
  std::optional<std::string> death_;
  std::optional<Process> process_;
};

}  // namespace lab
