// SPDX-License-Identifier: MIT
#include "hercules/src/interrupt.h"

#include <signal.h>

#include "hercules/src/error.h"

namespace lab {

namespace {

volatile sig_atomic_t interrupted = 0;

}  // namespace

void NoteInterrupts() {
  struct sigaction action = {};
  action.sa_handler = [](int) { interrupted = 1; };
  // Not SA_RESTART: who waits shall wake up.
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
}

void ThrowIfInterrupted() {
  if (interrupted) throw LabError(ExitCode::kInterrupted, "interrupted");
}

}  // namespace lab
