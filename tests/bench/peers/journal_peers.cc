// SPDX-License-Identifier: MIT
#include "tests/bench/peers/journal_peers.h"

#include <fmt/core.h>

#include <fstream>
#include <stdexcept>

#include "logd/journal_sink.h"
#include "tests/bench/peers/mounts.h"
#include "tests/bench/peers/private_journal.h"
#include "tests/bench/peers/sink_feeder.h"

namespace s390log {
namespace {

constexpr std::chrono::seconds kLimit{60};

}  // namespace

JournalPeers::JournalPeers(uint64_t count) : count_(count) {
  std::ofstream lines(dir_.File("lines"));
  for (uint64_t i = 0; i < count; ++i) lines << MountLine(kFirstMount + i) << '\n';
}

Run JournalPeers::Sink() const {
  PrivateJournal journal;
  JournalSink sink(PrivateJournal::kSocket, {"logd", 3});
  SinkFeeder feeder(sink);
  feeder.Connect();
  const CpuMeter meter(CpuMeter::Whose::kOurs);
  const Stopwatch watch;
  feeder.Feed(count_);
  const double used = meter.Seconds();
  journal.Sync();
  Run run{watch.Seconds(), used, 0};
  run.receiver_cpu = journal.Conclude();
  const std::string complaint = journal.Check(count_, PrivateJournal::Numbers::kInField);
  if (!complaint.empty()) throw std::runtime_error("of logd's sink the journal has: " + complaint);
  return run;
}

// journald 252 now and then splits a line of a stream (seen in about one of ten runs; why, is not
// known). That is the peer's affair, and is said.
Run JournalPeers::SystemdCat() const {
  PrivateJournal journal;
  const std::string log = dir_.File("log");
  const CpuMeter meter(CpuMeter::Whose::kChildren);
  const Stopwatch watch;
  Child sender({"build/systemd/systemd-cat", "--identifier=logd", "--priority=info", "cat",
                dir_.File("lines")},
               log);
  if (sender.Wait(kLimit).value_or(1) != 0) {
    throw std::runtime_error("systemd-cat: " + Contents(log));
  }
  const double used = meter.Seconds();
  journal.Sync();
  Run run{watch.Seconds(), used, 0};
  run.receiver_cpu = journal.Conclude();
  const std::string complaint = journal.Check(count_, PrivateJournal::Numbers::kInText);
  if (!complaint.empty()) fmt::print("  note: of systemd-cat the journal has: {}\n", complaint);
  return run;
}

}  // namespace s390log
