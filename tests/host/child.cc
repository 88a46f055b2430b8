// SPDX-License-Identifier: MIT
#include "tests/host/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "tests/host/temp_dir.h"

namespace s390log {
namespace {

constexpr int kNotRun = 127;

[[noreturn]] void Become(const std::vector<char*>& argv, const std::string& log) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int in = ::open("/dev/null", O_RDONLY);
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  ::signal(SIGPIPE, SIG_DFL);  // an ignored signal would stay so
  ::execvp(argv[0], argv.data());
  ::_exit(kNotRun);
}

}  // namespace

Child::Child(const std::vector<std::string>& argv, const std::string& log) {
  std::vector<char*> pointers;
  for (const std::string& each : argv) pointers.push_back(const_cast<char*>(each.c_str()));
  pointers.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ < 0) throw std::system_error(errno, std::system_category(), "fork");
  if (pid_ == 0) Become(pointers, log);
}

Child::~Child() {
  if (Wait(std::chrono::milliseconds(0))) return;
  ::kill(pid_, SIGCONT);
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Child::Signal(int signal) const {
  if (!status_) ::kill(pid_, signal);
}

std::optional<int> Child::Wait(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!status_) {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
    if (status_ || std::chrono::steady_clock::now() >= deadline) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return status_;
}

void RunProgram(const std::vector<std::string>& argv, const std::string& log) {
  Child child(argv, log);
  const auto status = child.Wait(std::chrono::seconds(30));
  if (status && *status == 0) return;
  throw std::runtime_error(fmt::format("{} has {}: {}", fmt::join(argv, " "),
                                       status ? "failed" : "not ended after 30 s", Contents(log)));
}

}  // namespace s390log
