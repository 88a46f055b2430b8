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
#include <string_view>
#include <utility>

#include "hercules/src/error.h"
#include "hercules/src/interrupt.h"
#include "hercules/src/unique_fd.h"

namespace lab {

namespace {

constexpr int kExecFailed = 127;
constexpr int kStepMs = 20;

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

struct Pipe {
  Pipe() {
    std::array<int, 2> ends = {};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) ThrowErrno("making a pipe");
    read = UniqueFd(ends[0]);
    write = UniqueFd(ends[1]);
  }
  UniqueFd read;
  UniqueFd write;
};

// Reads what is there now; returns whether more may come.
bool ReadSome(int fd, std::string& text) {
  std::array<char, 4096> buffer;
  const ssize_t n = read(fd, buffer.data(), buffer.size());
  if (n > 0) text.append(buffer.data(), static_cast<size_t>(n));
  return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

// Writes what fits; closes the pipe after the last byte, or if nobody wants it.
void WriteSome(UniqueFd& fd, std::string_view& rest) {
  const ssize_t n = rest.empty() ? 0 : write(fd.get(), rest.data(), rest.size());
  if (n > 0) rest.remove_prefix(static_cast<size_t>(n));
  if (rest.empty() || (n < 0 && errno != EINTR && errno != EAGAIN)) fd.Reset();
}

void DoNotBlock(const UniqueFd& fd) { fcntl(fd.get(), F_SETFL, O_NONBLOCK); }

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

Output Capture(Command command, const std::string& input, milliseconds limit) {
  const Deadline deadline(limit);
  Pipe in;
  Pipe out;
  command.in = in.read.get();
  command.out = command.err = out.write.get();
  Process process = Process::Start(command);
  in.read.Reset();
  out.write.Reset();
  DoNotBlock(in.write);
  DoNotBlock(out.read);

  Output output;
  std::string_view rest = input;
  bool open = true;
  // The end of the process counts, not that of the pipe: ssh passes its own descriptors on to the
  // process that holds the connection, and that lives on.
  while (open && !process.Poll()) {
    if (deadline.Passed()) {
      throw LabError(ExitCode::kTimeout, "'" + command.argv.back() + "' took more than " +
                                             std::to_string(deadline.Limit().count()) + " s");
    }
    ThrowIfInterrupted();
    std::array<pollfd, 2> fds = {pollfd{out.read.get(), POLLIN, 0},
                                 pollfd{in.write.get(), POLLOUT, 0}};
    poll(fds.data(), fds.size(), kStepMs);
    if (fds[1].revents != 0) WriteSome(in.write, rest);
    if (fds[0].revents != 0) open = ReadSome(out.read.get(), output.text);
  }
  output.status = process.Wait();
  size_t before = 0;
  do {
    before = output.text.size();
    ReadSome(out.read.get(), output.text);
  } while (output.text.size() > before);
  return output;
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
