// SPDX-License-Identifier: MIT
// Runs the logctl of this machine as a shell would, or on a terminal.
#pragma once

#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>

#include "s390log/unique_fd.h"

namespace s390log {

// Where the programs are that belong to this build.
#ifndef BIN_FOLDER
#define BIN_FOLDER "build/host/bin"
#endif
inline constexpr const char* kLogctl = BIN_FOLDER "/logctl";

struct ProgramOutcome {
  int code = 0;
  std::string output;  // standard output and error
};

inline int CodeOf(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : -1; }

// `line` is for the shell; $logctl is the program.
inline ProgramOutcome Shell(const std::string& line) {
  const std::string command = std::string("logctl=") + kLogctl + "; exec 2>&1; " + line;
  std::FILE* output = ::popen(command.c_str(), "r");
  if (output == nullptr) throw std::runtime_error("popen");
  ProgramOutcome outcome;
  for (int c = std::fgetc(output); c != EOF; c = std::fgetc(output))
    outcome.output += static_cast<char>(c);
  outcome.code = CodeOf(::pclose(output));
  return outcome;
}

inline ProgramOutcome Logctl(const std::string& arguments) { return Shell("$logctl " + arguments); }

// On a terminal of so many columns.
inline ProgramOutcome OnTerminal(const std::string& line, unsigned short width) {
  winsize size{24, width, 0, 0};
  int fd = -1;
  const pid_t child = ::forkpty(&fd, nullptr, nullptr, &size);
  if (child < 0) throw std::runtime_error("forkpty");
  if (child == 0) {
    const std::string command = std::string("logctl=") + kLogctl + "; " + line;
    ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    ::_exit(127);
  }
  const UniqueFd terminal(fd);
  ProgramOutcome outcome;
  std::array<char, 4096> bytes;
  pollfd wait{fd, POLLIN, 0};
  while (::poll(&wait, 1, 10'000) > 0) {
    const ssize_t count = ::read(fd, bytes.data(), bytes.size());
    if (count <= 0) break;  // EIO: the program has ended
    outcome.output.append(bytes.data(), static_cast<size_t>(count));
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  outcome.code = CodeOf(status);
  std::erase(outcome.output, '\r');
  return outcome;
}

}  // namespace s390log
