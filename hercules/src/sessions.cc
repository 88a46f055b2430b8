// SPDX-License-Identifier: MIT
#include "hercules/src/sessions.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>

#include "hercules/src/guest_shell.h"
#include "hercules/src/interrupt.h"
#include "hercules/src/lab.h"
#include "hercules/src/operator_script.h"
#include "hercules/src/progress.h"

namespace lab {

namespace {

constexpr useconds_t kPollUs = 50'000;

void Print(const std::string& line) {
  fmt::print("{}\n", line);
  fflush(stdout);
}

// Ends the lab and says what its kernel complained of; returns whether it was silent.
bool EndHealthy(Lab& lab) {
  lab.Down();
  const std::vector<std::string> complaints = lab.Complaints();
  for (const std::string& line : complaints) Print("guest kernel: " + line);
  return complaints.empty();
}

}  // namespace

ExitCode RunDemo(const GuestSpec& spec) {
  NoteInterrupts();
  Lab lab = Lab::Up(spec, Lifetime::kOwned, ProgressOnTerminal());
  OperatorScript script(lab, Print);
  const std::vector<std::string> faults = script.Play();
  Print("\nstep 6: balance the books, stop the services, read the kernel's log");
  const Balance balance = script.CloseBooks();
  const bool healthy = EndHealthy(lab);

  Print("");
  for (const std::string& fault : faults) Print("FAULT: " + fault);
  if (!healthy) Print("FAULT: the guest's kernel complained: " + lab.layout().KernelLog().string());
  if (!balance.Agrees()) Print("FAULT: the books do not balance");
  Print(fmt::format("logs: {}", lab.layout().State().string()));
  Print(balance.Line());
  return faults.empty() && healthy && balance.Agrees() ? ExitCode::kOk : ExitCode::kFailed;
}

ExitCode RunKept(const GuestSpec& spec) {
  NoteInterrupts();
  Lab lab = Lab::Up(spec, Lifetime::kOwned, ProgressOnTerminal());
  const std::string name = spec.name == GuestSpec().name ? "" : " --name " + spec.name;
  Print(
      fmt::format("\nThe guest is up. From another terminal, in {}:\n"
                  "  hercules/lab{} mount 0580 VOL001       unmount 0580\n"
                  "  hercules/lab{} shell                   a shell in the guest\n"
                  "  hercules/lab{} status                  what the drives hold\n"
                  "  hercules/lab --help                    the rest\n"
                  "Events appear below. Lines that you type run in the guest; ^C ends it all.\n",
                  Top().string(), name, name, name));

  Command shell = InGuest(lab.layout(), "exec sh 2>&1");
  shell.in = STDIN_FILENO;
  shell.out = STDOUT_FILENO;
  shell.err = STDERR_FILENO;
  Process typed = Process::Start(shell);
  EventFeed feed = lab.Events();
  try {
    while (true) {
      ThrowIfInterrupted();
      for (const Event& event : feed.Read()) Print(ForTerminal(event));
      if (lab.Dead()) throw LabError(ExitCode::kGuestDied, "the guest died");
      usleep(kPollUs);
    }
  } catch (const LabError& error) {
    if (error.code() != ExitCode::kInterrupted) throw;
  }
  Print("\nstopping the guest's services");
  return EndHealthy(lab) ? ExitCode::kOk : ExitCode::kFailed;
}

}  // namespace lab
