// SPDX-License-Identifier: MIT
//
// peer_bench [MESSAGES [ROUNDS]]: logd's sinks against what else sends the same messages to the
// same receiver: to rsyslogd over TCP, and to journald. Everything on the loopback and in memory.
//
// The clock runs from the first byte (or from the start of the program that sends) until the
// receiver has written the last message; then each must be there once.
#include <fmt/core.h>

#include <cstdlib>
#include <exception>
#include <string>
#include <system_error>

#include "tests/bench/peers/journal_peers.h"
#include "tests/bench/peers/private_journal.h"
#include "tests/bench/peers/syslog_peers.h"

namespace s390log {
namespace {

constexpr double kSyslogGoal = 300e3;
constexpr uint64_t kJournalShare = 5;  // journald is slower by as much

void HoldSyslog(uint64_t count, int rounds) {
  const SyslogPeers peers(count);
  Hold({"syslog over TCP to rsyslogd",
        count,
        kSyslogGoal,
        {{"logd's sink", [&] { return peers.Sink(); }},
         {"rsyslogd: imfile to omfwd", [&] { return peers.ImfileOmfwd(); }},
         {"rsyslogd: imptcp to omfwd", [&] { return peers.ImptcpOmfwd(); }},
         {"logger --tcp --octet-count --file", [&] { return peers.Logger(); }},
         {"bytes made before: what the receiver takes", [&] { return peers.Bytes(); }}}},
       rounds);
}

void HoldJournal(uint64_t count, int rounds) {
  PrivateJournal::Isolate();
  const JournalPeers peers(count);
  Hold({"to systemd-journald",
        count,
        0,
        {{"logd's sink, 20 fields each", [&] { return peers.Sink(); }},
         {"systemd-cat, a line each", [&] { return peers.SystemdCat(); }}}},
       rounds);
}

}  // namespace
}  // namespace s390log

int main(int argc, char** argv) {
  try {
    const uint64_t count = argc > 1 ? std::stoull(argv[1]) : 500'000;
    const int rounds = argc > 2 ? std::stoi(argv[2]) : 5;
    s390log::HoldSyslog(count, rounds);
    s390log::HoldJournal(count / s390log::kJournalShare, rounds);
  } catch (const std::exception& error) {
    fmt::print(stderr, "peer_bench: {}\n", error.what());
    return EXIT_FAILURE;
  }
}
