// SPDX-License-Identifier: MIT
#include "hercules/src/launch.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <vector>

#include "hercules/src/boot_files.h"
#include "hercules/src/control.h"
#include "hercules/src/deadline.h"
#include "hercules/src/error.h"
#include "hercules/src/interrupt.h"
#include "hercules/src/isolation.h"
#include "hercules/src/line_reader.h"
#include "hercules/src/qemu.h"
#include "hercules/src/supervisor.h"

namespace lab {

namespace {

constexpr uintmax_t kNeededSpace = 256 * 1024 * 1024;
constexpr int kFirstFree = 3;
constexpr seconds kEndLimit(10);

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

// Locks of open file descriptions: they pass on to the supervisor by fork(), and asking for one
// does not take it.
struct flock WholeFile() {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

UniqueFd TakeLock(const Layout& layout) {
  fs::create_directories(layout.State());
  UniqueFd lock(open(layout.Lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!lock) ThrowErrno("opening " + layout.Lock().string());
  struct flock whole = WholeFile();
  if (fcntl(lock.get(), F_OFD_SETLK, &whole) != 0) {
    const std::optional<pid_t> holder = HolderOf(layout);
    throw LabError(ExitCode::kAlreadyUp,
                   fmt::format("lab '{}' is already running{}", layout.name(),
                               holder ? fmt::format(" (pid {})", *holder) : ""));
  }
  if (ftruncate(lock.get(), 0) != 0) ThrowErrno("emptying " + layout.Lock().string());
  return lock;
}

void CheckFiles(const GuestSpec& spec, const Layout& layout) {
  const BootFiles files = BootFilesOf(spec);
  for (const fs::path& file : {files.kernel, files.initrd}) {
    if (fs::exists(file)) continue;
    throw LabError(ExitCode::kSurroundings,
                   fmt::format("{} is missing: {}", file.string(), files.remedy));
  }
  if (!spec.disk.empty() && !fs::exists(spec.disk)) {
    throw LabError(ExitCode::kSurroundings, spec.disk.string() + " is missing");
  }
  if (spec.machine == MachineKind::kQemu && !fs::exists(QemuProgram())) {
    throw LabError(ExitCode::kSurroundings, QemuProgram().string() + " is missing: make qemu");
  }
  for (const char* program : {"hercules", "hetinit", "rsyslogd", "ssh"}) {
    if (!ProgramExists(program)) {
      throw LabError(ExitCode::kSurroundings,
                     std::string(program) + " is not installed: hercules/setup/host-packages.sh");
    }
  }
  if (fs::space(layout.State()).available < kNeededSpace) {
    throw LabError(ExitCode::kSurroundings,
                   "not enough disk space for " + layout.State().string() + ": 256 MB needed");
  }
}

// All of the last run but the lock that we hold.
void ClearState(const Layout& layout) {
  for (const fs::directory_entry& entry : fs::directory_iterator(layout.State())) {
    if (entry.path() != layout.Lock()) fs::remove_all(entry.path());
  }
  fs::create_directories(layout.Tapes());
}

void GiveTree(const Layout& layout) {
  for (fs::path dir = layout.State(); dir != Top(); dir = dir.parent_path()) GiveToCallingUser(dir);
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(layout.State())) {
    GiveToCallingUser(entry.path());
  }
}

// Whatever else our caller had open, the supervisor must not keep open: pipes end by being closed.
void KeepOnly(std::vector<int> keep) {
  std::sort(keep.begin(), keep.end());
  int from = kFirstFree;
  for (const int fd : keep) {
    if (fd > from) close_range(static_cast<unsigned>(from), static_cast<unsigned>(fd - 1), 0);
    from = fd + 1;
  }
  close_range(static_cast<unsigned>(from), ~0U, 0);
}

void RedirectTo(const fs::path& log) {
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  const int file = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  dup2(null, 0);
  dup2(file, 1);
  dup2(file, 2);
}

void Tell(int fd, const Json& message) {
  const std::string line = message.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  // Nobody there any more is noticed by the owner's pipe.
  (void)!write(fd, line.data(), line.size());
}

Json ErrorMessage(const std::string& what, ExitCode code) {
  return {{"error", what}, {"code", static_cast<int>(code)}};
}

// Process 1 of the lab. Never returns.
[[noreturn]] void RunSupervisor(const GuestSpec& spec, const Layout& layout, bool owned, int owner,
                                UniqueFd report) {
  int status = EXIT_FAILURE;
  try {
    SettleInNamespaces();
    Supervisor supervisor(spec, layout, owner);
    supervisor.Start([&](const std::string& text) { Tell(report.get(), {{"progress", text}}); });
    GiveTree(layout);
    if (!owned) supervisor.OutliveOwner();
    Tell(report.get(), {{"ready", true}});
    report.Reset();
    supervisor.Serve();
    status = EXIT_SUCCESS;
  } catch (const LabError& error) {
    std::cerr << error.what() << std::endl;
    if (report) Tell(report.get(), ErrorMessage(error.what(), error.code()));
  } catch (const std::exception& error) {
    std::cerr << error.what() << std::endl;
    if (report) Tell(report.get(), ErrorMessage(error.what(), ExitCode::kFailed));
  }
  GiveTree(layout);
  _exit(status);
}

// Between the caller and the supervisor, for an instant: a PID namespace begins with the next
// child, and only this process knows that child's number outside.
[[noreturn]] void RunGobetween(const GuestSpec& spec, const Layout& layout, bool owned,
                               const Pipe& owner, Pipe report, const UniqueFd& lock) {
  KeepOnly({owner.read.get(), report.write.get(), lock.get()});
  try {
    setsid();
    RedirectTo(layout.SupervisorLog());
    LeaveForNewNamespaces();
    const pid_t pid = fork();
    if (pid < 0) ThrowErrno("starting the supervisor");
    if (pid == 0) RunSupervisor(spec, layout, owned, owner.read.get(), std::move(report.write));
    const std::string text = std::to_string(pid) + "\n";
    if (ftruncate(lock.get(), 0) != 0 || pwrite(lock.get(), text.data(), text.size(), 0) < 0) {
      ThrowErrno("writing the lock file");
    }
    _exit(EXIT_SUCCESS);
  } catch (const LabError& error) {
    Tell(report.write.get(), ErrorMessage(error.what(), error.code()));
  } catch (const std::exception& error) {
    Tell(report.write.get(), ErrorMessage(error.what(), ExitCode::kFailed));
  }
  _exit(EXIT_FAILURE);
}

// What the supervisor tells until it is up.
void FollowStart(int fd, const std::function<void(const std::string&)>& progress) {
  LineReader reader(fd);
  while (!reader.ended()) {
    ThrowIfInterrupted();
    for (const std::string& line : reader.Read()) {
      const Json message = Json::parse(line);
      if (message.contains("ready")) return;
      if (message.contains("error")) {
        throw LabError(static_cast<ExitCode>(message.value("code", 1)), message["error"]);
      }
      progress(message.value("progress", ""));
    }
  }
  throw LabError(ExitCode::kFailed, "the lab's supervisor was killed while it started");
}

}  // namespace

UniqueFd Launch(const GuestSpec& spec, const Layout& layout, bool owned,
                const std::function<void(const std::string&)>& progress) {
  CheckSurroundings();
  UniqueFd lock = TakeLock(layout);
  CheckFiles(spec, layout);
  ClearState(layout);
  GiveTree(layout);

  Pipe owner;
  Pipe report;
  const int report_end = report.read.get();
  UniqueFd report_read(std::move(report.read));
  const pid_t pid = fork();
  if (pid < 0) ThrowErrno("starting the supervisor");
  if (pid == 0) RunGobetween(spec, layout, owned, owner, std::move(report), lock);

  lock.Reset();
  report.write.Reset();
  owner.read.Reset();
  waitpid(pid, nullptr, 0);
  try {
    FollowStart(report_end, progress);
  } catch (...) {
    // It takes its leave as its owner does; nobody shall find half of it still there.
    owner.write.Reset();
    AwaitEnd(layout);
    throw;
  }
  if (!owned) owner.write.Reset();
  return std::move(owner.write);
}

bool IsHeld(const Layout& layout) {
  const UniqueFd lock(open(layout.Lock().c_str(), O_RDONLY | O_CLOEXEC));
  struct flock whole = WholeFile();
  return lock && fcntl(lock.get(), F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
}

void AwaitEnd(const Layout& layout) {
  const Deadline deadline(kEndLimit);
  while (IsHeld(layout)) {
    const std::optional<pid_t> pid = HolderOf(layout);
    if (deadline.Passed() && pid) kill(*pid, SIGKILL);
    usleep(20'000);
  }
}

std::optional<pid_t> HolderOf(const Layout& layout) {
  if (!IsHeld(layout)) return std::nullopt;
  pid_t pid = 0;
  std::ifstream(layout.Lock()) >> pid;
  return pid > 1 ? std::optional<pid_t>(pid) : std::nullopt;
}

}  // namespace lab
