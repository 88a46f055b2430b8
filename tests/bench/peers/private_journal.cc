// SPDX-License-Identifier: MIT
#include "tests/bench/peers/private_journal.h"

#include <sched.h>
#include <sys/mount.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include "tests/bench/peers/contest.h"
#include "tests/bench/peers/mounts.h"

namespace s390log {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kLimit{20};
constexpr char kJournald[] = "build/systemd/systemd-journald";
constexpr char kJournalctl[] = "build/systemd/journalctl";

[[noreturn]] void Throw(const std::string& what) {
  throw std::system_error(errno, std::system_category(), what);
}

}  // namespace

void PrivateJournal::Isolate() {
  if (::unshare(CLONE_NEWNS) < 0) Throw("a journald of its own needs root");
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0 ||
      ::mount("none", "/run", "tmpfs", 0, "mode=755") < 0) {
    Throw("no /run of its own");
  }
}

// Nothing is forwarded, and nothing is left out.
PrivateJournal::PrivateJournal() {
  std::filesystem::remove_all("/run/systemd");
  std::filesystem::remove_all("/run/log");
  std::filesystem::create_directories("/run/systemd/journald.conf.d");
  std::filesystem::create_directories("/run/systemd/journal");
  std::filesystem::create_directories("/run/log/journal");
  std::ofstream("/run/systemd/journald.conf.d/bench.conf")
      << "[Journal]\nStorage=volatile\nRateLimitIntervalSec=0\nRuntimeMaxUse=4G\nReadKMsg=no\n"
         "ForwardToSyslog=no\nForwardToWall=no\n";
  child_ = std::make_unique<Child>(std::vector<std::string>{kJournald}, dir_.File("log"));
  const auto deadline = steady_clock::now() + kLimit;
  while (!std::filesystem::exists("/run/systemd/journal/io.systemd.journal")) {
    if (child_->Wait(std::chrono::milliseconds(5)) || steady_clock::now() >= deadline) {
      throw std::runtime_error(std::string(kJournald) +
                               " does not start: " + Contents(dir_.File("log")));
    }
  }
}

void PrivateJournal::Sync() const { RunProgram({kJournalctl, "--sync"}, dir_.File("sync")); }

double PrivateJournal::Conclude() {
  const CpuMeter meter(CpuMeter::Whose::kChildren);
  child_->Signal(SIGTERM);
  if (!child_->Wait(kLimit)) throw std::runtime_error("journald does not end after 20 s");
  return meter.Seconds();
}

std::string PrivateJournal::Check(uint64_t count, Numbers numbers) const {
  const std::string out = dir_.File("entries");
  std::vector<std::string> command = {kJournalctl, "--output=cat", "SYSLOG_IDENTIFIER=logd"};
  if (numbers == Numbers::kInField) command.emplace_back("--output-fields=S390_SEQUENCE");
  Child reader(command, out);
  if (reader.Wait(kLimit).value_or(1) != 0) {
    throw std::runtime_error("journalctl has failed: " + Contents(out).substr(0, 500));
  }
  NumberCheck check(count);
  const size_t from_end =
      numbers == Numbers::kInField ? kMountDigits : AfterNumber() + kMountDigits;
  std::ifstream file(out);
  std::string line;
  while (std::getline(file, line)) {
    check.See(line.substr(line.size() - std::min(line.size(), from_end), kMountDigits));
  }
  return check.Complaint();
}

}  // namespace s390log
