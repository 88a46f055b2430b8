// SPDX-License-Identifier: MIT
// Signals that nobody has a reason to send to logd do nothing, instead of ending it.
#pragma once

#include <csignal>
#include <initializer_list>

namespace s390log {

// Comes first: what has a meaning gets its handler afterwards. SIGXFSZ is one of them, so that a
// file at its size limit is an error of write() and not our end. SIGHUP, SIGTERM, SIGINT and the
// signals of a terminal keep their meaning, and faults their core.
inline void QuietSignals() {
  for (const int number : {SIGPIPE, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGPWR,
                           SIGSTKFLT, SIGXFSZ}) {
    ::signal(number, SIG_IGN);
  }
  for (int number = SIGRTMIN; number <= SIGRTMAX; ++number) ::signal(number, SIG_IGN);
}

}  // namespace s390log
