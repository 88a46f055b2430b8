// SPDX-License-Identifier: MIT
#include "hercules/src/lab.h"

#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include <optional>

#include "hercules/src/error.h"
#include "hercules/src/guest_log.h"
#include "hercules/src/guest_shell.h"
#include "hercules/src/interrupt.h"
#include "hercules/src/launch.h"

namespace lab {

namespace {

constexpr seconds kOperatorLimit(60);
constexpr seconds kDownLimit(150);
constexpr ExitStatus kConnectionLost = 255;

}  // namespace

Lab Lab::Up(const GuestSpec& spec, Lifetime lifetime, const Progress& progress) {
  const Layout layout(spec.name);
  UniqueFd owner = Launch(spec, layout, lifetime == Lifetime::kOwned, progress);
  return Lab(layout, std::move(owner));
}

Lab Lab::Find(const std::string& name) {
  const Layout layout(name);
  if (!IsHeld(layout)) throw LabError(ExitCode::kNoLab, "no lab '" + name + "' is up");
  return Lab(layout, UniqueFd());
}

Lab::~Lab() {
  if (owner_) Kill();
}

void Lab::Mount(const std::string& drive, const std::string& volume, bool read_only) {
  Ask(layout_, {{"verb", "mount"}, {"drive", drive}, {"volume", volume}, {"read_only", read_only}},
      kOperatorLimit);
}

void Lab::Unmount(const std::string& drive) {
  Ask(layout_, {{"verb", "unmount"}, {"drive", drive}}, kOperatorLimit);
}

void Lab::Attach(const std::string& drive, const std::string& type) {
  Ask(layout_, {{"verb", "attach"}, {"drive", drive}, {"type", type}}, kOperatorLimit);
}

void Lab::Detach(const std::string& drive) {
  Ask(layout_, {{"verb", "detach"}, {"drive", drive}}, kOperatorLimit);
}

std::vector<std::string> Lab::Panel(const std::string& command) {
  return Ask(layout_, {{"verb", "panel"}, {"line", command}}, kOperatorLimit).at("lines");
}

void Lab::TypeOnConsole(const std::string& line) {
  Ask(layout_, {{"verb", "console"}, {"line", line}}, kOperatorLimit);
}

void Lab::Receiver(bool on) { Ask(layout_, {{"verb", "receiver"}, {"on", on}}, kOperatorLimit); }

Output Lab::Run(const std::string& line, const std::string& input, milliseconds limit) {
  const Output output = Capture(InGuest(layout_, line), input, limit);
  ExplainLostConnection(output.status);
  return output;
}

ExitStatus Lab::RunHere(const std::string& line, bool tty) {
  Command command = InGuest(layout_, line, tty);
  command.in = STDIN_FILENO;
  command.out = STDOUT_FILENO;
  command.err = STDERR_FILENO;
  const ExitStatus status = Process::Start(command).Wait();
  ExplainLostConnection(status);
  return status;
}

void Lab::ExplainLostConnection(ExitStatus status) {
  if (status != kConnectionLost) return;
  const Json now = Status();
  if (now.at("state") == "dead") {
    throw LabError(ExitCode::kGuestDied, "the guest died: " + now.at("death").get<std::string>());
  }
}

Json Lab::Status() { return Ask(layout_, {{"verb", "status"}}, kOperatorLimit); }

bool Lab::Dead() const { return !IsHeld(layout_) || fs::exists(layout_.Obituary()); }

std::vector<std::string> Lab::Complaints() const {
  std::vector<std::string> found = lab::Complaints(layout_.KernelLog());
  for (const std::string& line : lab::Complaints(layout_.ConsoleLog())) found.push_back(line);
  return found;
}

void Lab::Down() {
  try {
    Ask(layout_, {{"verb", "down"}}, kDownLimit);
  } catch (const LabError& error) {
    AwaitEnd();
    throw;
  }
  AwaitEnd();
}

void Lab::Kill() {
  if (const std::optional<pid_t> pid = HolderOf(layout_)) kill(*pid, SIGTERM);
  AwaitEnd();
}

void Lab::AwaitEnd() {
  owner_.Reset();
  lab::AwaitEnd(layout_);
}

}  // namespace lab
