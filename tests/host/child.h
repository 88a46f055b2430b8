// SPDX-License-Identifier: MIT
// A program that runs beside a test and does not outlive it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace s390log {

class Child {
 public:
  // Its output goes to the file `log`. Throws std::system_error.
  Child(const std::vector<std::string>& argv, const std::string& log);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t Pid() const { return pid_; }
  void Signal(int signal) const;
  // Its status, as of wait(2); nothing: it still runs after `limit`.
  std::optional<int> Wait(std::chrono::milliseconds limit);

 private:
  pid_t pid_;
  std::optional<int> status_;
};

// Runs it to its end, at most 30 s; throws std::runtime_error with its output if that is not good.
void RunProgram(const std::vector<std::string>& argv, const std::string& log);

}  // namespace s390log
