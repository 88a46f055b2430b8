// SPDX-License-Identifier: MIT
#include "tests/bench/peers/syslog_receiver.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include "s390log/unique_fd.h"
#include "tests/bench/peers/contest.h"
#include "tests/bench/peers/mounts.h"
#include "tests/host/loopback.h"

namespace s390log {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kLimit{20};
constexpr useconds_t kLookUs = 500;
constexpr char kProgram[] = "build/syslog/bin/rsyslogd";

}  // namespace

SyslogReceiver::SyslogReceiver() : port_(FreePort(SOCK_STREAM)) {
  std::ofstream(dir_.File("config")) << Config();
  child_ = std::make_unique<Child>(
      std::vector<std::string>{kProgram, "-n", "-f", dir_.File("config"), "-i", dir_.File("pid")},
      dir_.File("log"));
  const auto deadline = steady_clock::now() + kLimit;
  while (!Listens()) {
    if (child_->Wait(std::chrono::milliseconds(5)) || steady_clock::now() >= deadline) {
      throw std::runtime_error(std::string(kProgram) +
                               " does not listen (is it there?): " + Contents(dir_.File("log")));
    }
  }
}

bool SyslogReceiver::Listens() const {
  const UniqueFd fd(::socket(AF_INET, SOCK_STREAM, 0));
  const sockaddr_in address = Loopback(port_);
  return ::connect(fd.Get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

// A long queue and large batches, or rsyslogd spends its time handing over from thread to thread;
// it waits for room rather than drop.
std::string SyslogReceiver::Config() const {
  return fmt::format(R"(
global(workDirectory="{dir}" maxMessageSize="64k")
main_queue(queue.type="FixedArray" queue.size="100000" queue.dequeueBatchSize="4096"
           queue.timeoutEnqueue="60000")
module(load="imtcp")
template(name="number" type="list") {{
  property(name="rawmsg" position.from="{from}" position.to="{to}" position.relativeToEnd="on")
  constant(value="\n")
}}
ruleset(name="count") {{ action(type="omfile" file="{dir}numbers" template="number") }}
input(type="imtcp" address="127.0.0.1" port="{port}" ruleset="count")
)",
                     fmt::arg("dir", dir_.File("")), fmt::arg("port", port_),
                     fmt::arg("from", AfterNumber() + kMountDigits),
                     fmt::arg("to", AfterNumber() + 1));
}

void SyslogReceiver::Await(uint64_t count) const {
  const uintmax_t whole = count * (kMountDigits + 1);
  uintmax_t size = 0;
  auto deadline = steady_clock::now() + kLimit;
  while (size < whole) {
    std::error_code none;
    const uintmax_t now = std::filesystem::file_size(dir_.File("numbers"), none);
    if (!none && now != size) {
      size = now;
      deadline = steady_clock::now() + kLimit;
    }
    if (steady_clock::now() >= deadline) {
      throw std::runtime_error(
          fmt::format("waited for {} messages, and after {} none came for 20 s; rsyslogd says: {}",
                      count, size / (kMountDigits + 1), Contents(dir_.File("log"))));
    }
    ::usleep(kLookUs);
  }
}

double SyslogReceiver::Conclude(uint64_t count) {
  const CpuMeter meter(CpuMeter::Whose::kChildren);
  child_->Signal(SIGTERM);
  if (!child_->Wait(kLimit)) throw std::runtime_error("rsyslogd does not end after 20 s");
  const double used = meter.Seconds();
  NumberCheck check(count);
  std::ifstream file(dir_.File("numbers"));
  std::string line;
  while (std::getline(file, line)) check.See(line);
  const std::string complaint = check.Complaint();
  if (!complaint.empty()) throw std::runtime_error("rsyslogd has written: " + complaint);
  return used;
}

}  // namespace s390log
