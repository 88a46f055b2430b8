// SPDX-License-Identifier: MIT
// Child processes that do not outlive their owner.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "hercules/src/deadline.h"

namespace lab {

struct User {
  uid_t uid = 0;
  gid_t gid = 0;
};

struct Command {
  std::vector<std::string> argv;
  std::string directory = {};  // where to run; empty: here
  // Descriptors for the child's 0, 1, 2; -1 is /dev/null.
  int in = -1;
  int out = -1;
  int err = -1;
  std::optional<User> user = {};  // run as this user; empty: as we are
};

// What a process ended with, as a shell would say it: 128 + N after signal N.
using ExitStatus = int;

// One child. Destroying it kills it. Not safe for threads.
class Process {
 public:
  static Process Start(const Command& command);
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();

  pid_t pid() const { return pid_; }
  const std::string& name() const { return name_; }
  // The status once it has ended.
  std::optional<ExitStatus> Poll();
  ExitStatus Wait();
  void Kill();

 private:
  Process(pid_t pid, std::string name) : pid_(pid), name_(std::move(name)) {}

  pid_t pid_ = -1;
  std::string name_;
  std::optional<ExitStatus> status_;
};

struct Output {
  ExitStatus status = 0;
  std::string text;  // standard output and error, as they came
};

inline constexpr milliseconds kCaptureLimit(600'000);

// Runs a command to its end and returns what it printed. input is its standard input. Throws
// LabError kTimeout after the limit; the command is killed then.
Output Capture(Command command, const std::string& input = {}, milliseconds limit = kCaptureLimit);

// Whether a program of that name is in PATH or the administrator's directories.
bool ProgramExists(const std::string& name);

// The words as one line that a shell splits into the same words.
std::string ShellQuoted(const std::vector<std::string>& words);

}  // namespace lab
