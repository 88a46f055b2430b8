// SPDX-License-Identifier: MIT
#include "hercules/src/supervisor.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>

#include "hercules/src/error.h"
#include "hercules/src/guest_log.h"
#include "hercules/src/guest_shell.h"
#include "hercules/src/isolation.h"
#include "hercules/src/port.h"
#include "hercules/src/qemu.h"
#include "hercules/src/receiver.h"

namespace lab {

namespace {

constexpr seconds kBootLimit(240);
constexpr seconds kDebianBootLimit(900);  // a first boot on a busy machine has taken 210 s
constexpr seconds kConnectLimit(60);
constexpr seconds kServicesLimit(90);
constexpr seconds kReportEvery(5);
constexpr seconds kReceiverLimit(10);
constexpr seconds kForever(std::chrono::hours(24 * 365));
constexpr milliseconds kKernelLogDelay(300);
constexpr size_t kLastWords = 15;
constexpr char kScripts[] = "/usr/lib/s390-log/";

}  // namespace

Supervisor::Supervisor(const GuestSpec& spec, const Layout& layout, int owner)
    : spec_(spec), layout_(layout), owner_(owner), tapes_(layout.Tapes()) {
  WatchSignals();
  loop_.Watch(owner_, [] { throw Ended{}; });
}

void Supervisor::WatchSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signals_ = UniqueFd(signalfd(-1, &set, SFD_CLOEXEC));
  loop_.Watch(signals_.get(), [] { throw Ended{}; });
}

void Supervisor::Start(const Progress& progress) {
  try {
    progress("starting rsyslogd");
    fs::remove(layout_.SyslogFile());
    receiver_ = StartReceiver(loop_, layout_);
    progress(fmt::format("booting Linux {} on {}", spec_.kernel, NameOf(spec_.machine)));
    StartMachine();
    WaitForNetwork(progress);
    Connect(progress);
    FollowKernelLog();
    if (spec_.services) StartServices(progress);
    control_.emplace(layout_);
    ready_ = true;
  } catch (const Ended&) {
    throw LabError(ExitCode::kInterrupted, "interrupted");
  }
}

void Supervisor::StartMachine() {
  if (spec_.machine == MachineKind::kQemu) MakeTap(kTapName, kHostAddress);
  const MachinePlan plan = spec_.machine == MachineKind::kHercules ? PlanHercules(spec_, layout_)
                                                                   : PlanQemu(spec_, layout_);
  machine_ = std::make_unique<Machine>(loop_, plan, layout_.ConsoleLog());
  if (spec_.machine != MachineKind::kHercules) return;
  operator_.emplace(loop_, *machine_);
  operator_->Ipl(spec_);
}

void Supervisor::WaitForNetwork(const Progress& progress) {
  WaitFor(
      "the guest's network", spec_.disk.empty() ? kBootLimit : kDebianBootLimit,
      [] { return PortAnswers(kGuestAddress, kSshPort); }, progress);
}

void Supervisor::Connect(const Progress& progress) {
  connection_ = StartConnection(layout_);
  WaitFor(
      "the ssh connection", kConnectLimit,
      [this] { return fs::exists(layout_.SshSocket()) || connection_->Poll(); }, progress);
  if (connection_->Poll()) {
    throw LabError(ExitCode::kFailed,
                   "ssh cannot log in to the guest: see " + (layout_.State() / "ssh.log").string());
  }
}

void Supervisor::FollowKernelLog() {
  std::array<int, 2> ends = {};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) ThrowErrno("making a pipe");
  kernel_pipe_ = UniqueFd(ends[0]);
  const UniqueFd write_end(ends[1]);
  Command command = InGuest(layout_, "exec cat /dev/kmsg");
  command.out = write_end.get();
  command.user = CallingUser();
  kernel_follower_ = Process::Start(command);
  kernel_log_.open(layout_.KernelLog());
  kernel_reader_.emplace(kernel_pipe_.get());
  loop_.Watch(kernel_pipe_.get(), [this] { ReadKernelLog(); });
}

void Supervisor::ReadKernelLog() {
  for (const std::string& record : kernel_reader_->Read()) {
    const std::string line = FromKmsg(record);
    if (line.empty()) continue;
    kernel_log_ << line << '\n';
    if (IsComplaint(line)) ++complaints_;
  }
  kernel_log_.flush();
  if (kernel_reader_->ended()) loop_.Forget(kernel_pipe_.get());
}

void Supervisor::StartServices(const Progress& progress) {
  progress("starting kevent, s390_log, tape_log and logd");
  std::string line = std::string(kScripts) + "start";
  if (spec_.machine == MachineKind::kHercules) {
    for (const Drive& drive : spec_.drives) line += " " + drive.number;
  }
  RunInGuest(line, kServicesLimit);
}

void Supervisor::RunInGuest(const std::string& line, seconds limit) {
  const fs::path log = layout_.State() / "services.log";
  const UniqueFd out(open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  Command command = InGuest(layout_, line);
  command.out = command.err = out.get();
  command.user = CallingUser();
  Process process = Process::Start(command);
  const bool ended = loop_.RunUntil([&] { return process.Poll().has_value() || machine_->death(); },
                                    Deadline(limit));
  ThrowIfDead();
  if (!ended) {
    throw LabError(ExitCode::kTimeout,
                   fmt::format("'{}' in the guest took more than {} s", line, limit.count()));
  }
  if (*process.Poll() == 0) return;
  std::ifstream in(log);
  const std::string said((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  throw LabError(ExitCode::kFailed, fmt::format("'{}' in the guest ended with status {}:\n{}", line,
                                                *process.Poll(), said.substr(0, 4000)));
}

void Supervisor::WaitFor(const std::string& what, seconds limit, const std::function<bool()>& done,
                         const Progress& progress) {
  const Deadline deadline(limit);
  Deadline report(kReportEvery);
  const bool happened = loop_.RunUntil(
      [&] {
        if (report.Passed()) {
          progress(fmt::format("{:>4} s: waiting for {}; {}", deadline.Elapsed().count(), what,
                               GuestSays()));
          report = Deadline(kReportEvery);
        }
        return machine_->death().has_value() || done();
      },
      deadline);
  ThrowIfDead();
  if (happened) return;
  throw LabError(ExitCode::kTimeout,
                 fmt::format("waited {} s for {} in vain{}", limit.count(), what, LastWords()));
}

std::string Supervisor::GuestSays() const {
  // Linux on Hercules is silent for half a minute, and then Hercules's words are the last ones.
  if (!machine_->linux_speaks()) return "the kernel unpacks itself";
  return fmt::format("it says: {:.80}", machine_->LastLine());
}

std::string Supervisor::LastWords() const {
  std::string words = "; the last lines of " + layout_.ConsoleLog().string() + ":";
  for (const std::string& line : machine_->Tail(kLastWords)) words += "\n  | " + line;
  return words;
}

void Supervisor::ThrowIfDead() const {
  if (machine_->death()) {
    throw LabError(ExitCode::kGuestDied, "the guest died: " + *machine_->death() + LastWords());
  }
}

void Supervisor::Serve() {
  const std::function<void()> serve = [&] {
    // Handlers run the loop themselves: one request at a time.
    loop_.Forget(control_->fd());
    control_->Serve([this](const Json& request) { return Handle(request); });
    loop_.Watch(control_->fd(), serve);
  };
  loop_.Watch(control_->fd(), serve);
  try {
    const auto ended = [this] {
      if (machine_->death() && connection_) Bury();
      return down_;
    };
    while (!loop_.RunUntil(ended, Deadline(kForever))) continue;
  } catch (const Ended&) {
    return;
  }
}

void Supervisor::Bury() {
  connection_.reset();
  std::ofstream(layout_.Obituary()) << *machine_->death() << '\n';
  GiveToCallingUser(layout_.Obituary());
}

Json Supervisor::Handle(const Json& request) {
  const std::string verb = request.at("verb");
  if (verb == "status") return Status();
  if (verb == "down") return Down();
  ThrowIfDead();
  if (verb == "console") {
    machine_->TypeForGuest(request.at("line"));
    return {{"ok", true}};
  }
  if (verb == "receiver") return Receiver(request.at("on"));
  Operator& tape_operator = TapeOperator();
  if (verb == "panel") return {{"lines", tape_operator.Command(request.at("line"))}};
  if (verb == "mount") return Mount(request);
  if (verb == "unmount") {
    tape_operator.Unmount(ExistingDrive(tape_operator, request));
  } else if (verb == "attach") {
    tape_operator.Attach(request.at("drive"), request.at("type"));
  } else if (verb == "detach") {
    tape_operator.Detach(ExistingDrive(tape_operator, request));
  } else {
    throw LabError(ExitCode::kUsage, "no such request: " + verb);
  }
  return {{"ok", true}};
}

Json Supervisor::Status() {
  Json status = {{"name", spec_.name},         {"machine", NameOf(spec_.machine)},
                 {"kernel", spec_.kernel},     {"state", machine_->death() ? "dead" : "up"},
                 {"services", spec_.services}, {"volumes", spec_.services && spec_.volumes},
                 {"complaints", complaints_},  {"logs", layout_.State().string()}};
  if (machine_->death()) {
    status["death"] = *machine_->death();
    return status;
  }
  if (spec_.machine != MachineKind::kHercules) return status;
  Operator& tape_operator = TapeOperator();
  for (const Drive& drive : spec_.drives) {
    const std::optional<DriveState> state = tape_operator.State(drive.number);
    Json& entry = status["drives"][drive.number];
    entry = {{"type", drive.type}, {"attached", state.has_value()}};
    if (!state) continue;
    entry["tape"] = state->empty() ? Json(nullptr) : Json(fs::path(state->file).stem());
    entry["file"] = state->file;
    entry["read_only"] = state->read_only;
  }
  return status;
}

Json Supervisor::Mount(const Json& request) {
  Operator& tape_operator = TapeOperator();
  const std::string drive = ExistingDrive(tape_operator, request);
  const std::string file = tapes_.FileFor(request.at("volume"));
  RefuseIfInAnotherDrive(tape_operator, drive, file);
  tape_operator.Mount(drive, file, request.value("read_only", false));
  return {{"ok", true}, {"file", file}};
}

Json Supervisor::Down() {
  if (ready_ && spec_.services && !machine_->death()) {
    // It is the end either way; what did not go well is in the reply.
    down_ = true;
    RunInGuest(std::string(kScripts) + "stop", kServicesLimit);
    // What the kernel said while its modules went away.
    loop_.RunUntil([] { return false; }, Deadline(kKernelLogDelay));
  }
  down_ = true;
  return {{"ok", true}, {"complaints", complaints_}};
}

// It ends in order: what it has taken from its connections it writes. What it has not read yet is
// gone with them.
Json Supervisor::Receiver(bool on) {
  if (on == receiver_.has_value()) {
    throw LabError(ExitCode::kRefused, on ? "the receiver is on" : "the receiver is off");
  }
  if (on) {
    receiver_ = StartReceiver(loop_, layout_);
  } else {
    kill(receiver_->pid(), SIGTERM);
    loop_.RunUntil([this] { return receiver_->Poll().has_value(); }, Deadline(kReceiverLimit));
    receiver_.reset();
  }
  return {{"ok", true}};
}

Operator& Supervisor::TapeOperator() {
  if (operator_) return *operator_;
  throw LabError(ExitCode::kUsage, "this lab runs on QEMU, which has no tape drives");
}

std::string Supervisor::ExistingDrive(Operator& tape_operator, const Json& request) {
  const std::string drive = request.at("drive");
  if (tape_operator.State(drive)) return drive;
  throw LabError(ExitCode::kRefused, "there is no drive " + drive);
}

// A reel is in one place at a time; Hercules would let it be in two and write from both.
void Supervisor::RefuseIfInAnotherDrive(Operator& tape_operator, const std::string& drive,
                                        const std::string& file) {
  for (const Drive& other : spec_.drives) {
    if (other.number == drive) continue;
    const std::optional<DriveState> state = tape_operator.State(other.number);
    if (state && state->file == file) {
      throw LabError(ExitCode::kRefused, file + " is mounted on drive " + other.number);
    }
  }
}

}  // namespace lab
