// SPDX-License-Identifier: MIT
// Process 1 of a lab: starts its parts in order, serves requests, and ends them all by ending.
//
// It runs rsyslogd, the machine, the ssh connection and a reader of the guest's kernel log, all in
// namespaces of its own. One thread; a request that takes a while makes the next one wait.
#pragma once

#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "hercules/src/control.h"
#include "hercules/src/hercules.h"
#include "hercules/src/layout.h"
#include "hercules/src/line_reader.h"
#include "hercules/src/loop.h"
#include "hercules/src/machine.h"
#include "hercules/src/process.h"
#include "hercules/src/spec.h"
#include "hercules/src/tape_library.h"

namespace lab {

class Supervisor {
 public:
  using Progress = std::function<void(const std::string&)>;

  // owner is a pipe that the owner holds open: when it ends, so does the lab.
  Supervisor(const GuestSpec& spec, const Layout& layout, int owner);

  // Boots; throws LabError with what went wrong.
  void Start(const Progress& progress);
  // The owner's end no longer matters.
  void OutliveOwner() { loop_.Forget(owner_); }
  // Until somebody asks for the end.
  void Serve();

 private:
  // Thrown through the loop by signals and by the owner's end.
  struct Ended {};

  void WatchSignals();
  void StartMachine();
  void WaitForNetwork(const Progress& progress);
  void Connect(const Progress& progress);
  void FollowKernelLog();
  void ReadKernelLog();
  void StartServices(const Progress& progress);
  // Runs a line in the guest; throws unless it ends with 0 in time.
  void RunInGuest(const std::string& line, seconds limit);

  // Runs the loop until done; reports progress every few seconds. Throws kTimeout, kGuestDied.
  void WaitFor(const std::string& what, seconds limit, const std::function<bool()>& done,
               const Progress& progress);
  std::string GuestSays() const;
  std::string LastWords() const;
  void ThrowIfDead() const;

  // Tells of the guest's death. Its connection would hang for ever, and with it everybody who waits
  // for a command in the guest.
  void Bury();
  Json Handle(const Json& request);
  Json Status();
  Json Mount(const Json& request);
  Json Down();
  Json Receiver(bool on);
  // Throws if this machine has none.
  Operator& TapeOperator();
  std::string ExistingDrive(Operator& tape_operator, const Json& request);
  void RefuseIfInAnotherDrive(Operator& tape_operator, const std::string& drive,
                              const std::string& file);

  const GuestSpec spec_;
  const Layout layout_;
  Loop loop_;
  int owner_;
  UniqueFd signals_;
  TapeLibrary tapes_;
  bool ready_ = false;
  bool down_ = false;
  int complaints_ = 0;
  std::ofstream kernel_log_;
  UniqueFd kernel_pipe_;
  std::optional<LineReader> kernel_reader_;
  std::optional<ControlSocket> control_;

  // In the order of their start: destroyed, and so ended, in reverse.
  std::optional<Process> receiver_;
  std::unique_ptr<Machine> machine_;
  std::optional<Operator> operator_;  // Hercules only
  std::optional<Process> connection_;
  std::optional<Process> kernel_follower_;
};

}  // namespace lab
