// SPDX-License-Identifier: MIT
#include "hercules/src/process.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <utility>

#include "hercules/src/error.h"
#include "hercules/src/unique_fd.h"

namespace lab {

namespace {

constexpr int kExecFailed = 127;

ExitStatus StatusOf(int wait_status) {
  return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

// In the child: descriptors 0 to 2 become what the command asked for.
void Redirect(const Command& command) {
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  const std::array<int, 3> wanted = {command.in, command.out, command.err};
  std::array<int, 3> copies = {};
  // Copies first: a wanted descriptor may itself lie below 3.
  for (size_t i = 0; i < wanted.size(); ++i) {
    copies[i] = fcntl(wanted[i] < 0 ? null : wanted[i], F_DUPFD_CLOEXEC, 3);
  }
  for (size_t i = 0; i < wanted.size(); ++i) dup2(copies[i], static_cast<int>(i));
}

void BecomeUser(const User& user) {
  if (geteuid() != 0) return;
  if (setgroups(0, nullptr) != 0 || setgid(user.gid) != 0 || setuid(user.uid) != 0) {
    _exit(kExecFailed);
  }
}

[[noreturn]] void RunChild(const Command& command) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  Redirect(command);
  if (!command.directory.empty() && chdir(command.directory.c_str()) != 0) _exit(kExecFailed);
  if (command.user) BecomeUser(*command.user);
  // After the change of user, which would clear it.
  prctl(PR_SET_PDEATHSIG, SIGKILL);

  std::vector<char*> argv;
  for (const std::string& word : command.argv) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  dprintf(2, "cannot run %s: %s\n", argv[0], strerror(errno));
  _exit(kExecFailed);
}

void WriteAll(int fd, const std::string& text) {
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = write(fd, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return;  // EPIPE: the command does not want it
    done += static_cast<size_t>(n);
  }
}

std::string ReadAll(int fd) {
  std::string text;
  std::array<char, 4096> buffer;
  while (true) {
    const ssize_t n = read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return text;
    text.append(buffer.data(), static_cast<size_t>(n));
  }
}

}  // namespace

Process Process::Start(const Command& command) {
  const pid_t pid = fork();
  if (pid < 0) ThrowErrno("starting " + command.argv.at(0));
  if (pid == 0) RunChild(command);
  return Process(pid, command.argv[0]);
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      name_(std::move(other.name_)),
      status_(std::exchange(other.status_, std::nullopt)) {}

Process& Process::operator=(Process&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(name_, other.name_);
  std::swap(status_, other.status_);
  return *this;
}

Process::~Process() { Kill(); }

std::optional<ExitStatus> Process::Poll() {
  if (status_ || pid_ < 0) return status_;
  int wait_status = 0;
  if (waitpid(pid_, &wait_status, WNOHANG) == pid_) status_ = StatusOf(wait_status);
  return status_;
}

ExitStatus Process::Wait() {
  int wait_status = 0;
  while (!status_) {
    const pid_t got = waitpid(pid_, &wait_status, 0);
    if (got == pid_) status_ = StatusOf(wait_status);
    if (got < 0 && errno != EINTR) ThrowErrno("waiting for " + name_);
  }
  return *status_;
}

void Process::Kill() {
  if (pid_ < 0 || Poll()) return;
  kill(pid_, SIGKILL);
  Wait();
}

Output Capture(Command command, const std::string& input) {
  std::array<int, 2> out = {};
  std::array<int, 2> in = {};
  if (pipe2(out.data(), O_CLOEXEC) != 0) ThrowErrno("making a pipe");
  UniqueFd out_read(out[0]);
  UniqueFd out_write(out[1]);
  if (pipe2(in.data(), O_CLOEXEC) != 0) ThrowErrno("making a pipe");
  UniqueFd in_read(in[0]);
  UniqueFd in_write(in[1]);

  command.in = in_read.get();
  command.out = out_write.get();
  command.err = out_write.get();
  Process process = Process::Start(command);
  out_write.Reset();
  in_read.Reset();
  WriteAll(in_write.get(), input);
  in_write.Reset();
  std::string text = ReadAll(out_read.get());
  return {process.Wait(), std::move(text)};
}

bool ProgramExists(const std::string& name) {
  const char* path = getenv("PATH");
  std::istringstream directories((path ? path : "") + std::string(":/usr/sbin:/sbin"));
  std::string directory;
  while (std::getline(directories, directory, ':')) {
    if (access((std::filesystem::path(directory) / name).c_str(), X_OK) == 0) return true;
  }
  return false;
}

std::string ShellQuoted(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    if (!line.empty()) line += ' ';
    line += '\'';
    for (const char c : word) line += c == '\'' ? std::string("'\\''") : std::string(1, c);
    line += '\'';
  }
  return line;
}

}  // namespace lab
