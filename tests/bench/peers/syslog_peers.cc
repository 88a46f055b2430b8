// SPDX-License-Identifier: MIT
#include "tests/bench/peers/syslog_peers.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include "logd/syslog_sink.h"
#include "logd/tcp_connection.h"
#include "tests/bench/peers/mounts.h"
#include "tests/bench/peers/sink_feeder.h"
#include "tests/bench/peers/syslog_receiver.h"

namespace s390log {
namespace {

constexpr std::chrono::seconds kLimit{60};
constexpr useconds_t kSettleUs = 300'000;  // rsyslogd watches the folder by then
constexpr size_t kPiece = 65536;

std::string OmfwdConfig(const std::string& folder, uint16_t port) {
  return fmt::format(R"(
global(workDirectory="{folder}" maxMessageSize="64k")
module(load="imfile" mode="inotify")
template(name="as-is" type="string" string="%msg%")
ruleset(name="forward" queue.type="FixedArray" queue.size="100000" queue.dequeueBatchSize="4096"
        queue.timeoutEnqueue="60000") {{
  action(type="omfwd" target="127.0.0.1" port="{port}" protocol="tcp" tcp_framing="octet-counted"
         template="as-is")
}}
input(type="imfile" file="{folder}messages" tag="x" ruleset="forward")
)",
                     fmt::arg("folder", folder), fmt::arg("port", port));
}

void WriteAll(int fd, const std::string& bytes) {
  for (size_t at = 0; at < bytes.size();) {
    const ssize_t count =
        ::send(fd, bytes.data() + at, std::min(kPiece, bytes.size() - at), MSG_NOSIGNAL);
    if (count < 0) throw std::system_error(errno, std::system_category(), "send");
    at += static_cast<size_t>(count);
  }
}

}  // namespace

SyslogPeers::SyslogPeers(uint64_t count)
    : count_(count), messages_(dir_.File("messages")), lines_(dir_.File("lines")) {
  std::ofstream messages(messages_);
  std::ofstream lines(lines_);
  for (uint64_t i = 0; i < count; ++i) {
    const std::string message = MountMessage(kFirstMount + i);
    messages << message << '\n';
    lines << MountLine(kFirstMount + i) << '\n';
    stream_ += fmt::format("{} {}", message.size(), message);
  }
}

Run SyslogPeers::Sink() const {
  SyslogReceiver receiver;
  SyslogSinkOptions options;
  options.origin = MountOrigin();
  SyslogSink sink(std::make_unique<TcpConnection>("127.0.0.1", receiver.Port()), options);
  SinkFeeder feeder(sink);
  feeder.Connect();
  const CpuMeter meter(CpuMeter::Whose::kOurs);
  const Stopwatch watch;
  feeder.Feed(count_);
  receiver.Await(count_);
  Run run{watch.Seconds(), meter.Seconds(), 0};
  run.receiver_cpu = receiver.Conclude(count_);
  return run;
}

// From when the file has its name, which rsyslogd is told at once.
Run SyslogPeers::Omfwd() const {
  SyslogReceiver receiver;
  const TempDir folder;
  std::ofstream(folder.File("config")) << OmfwdConfig(folder.File(""), receiver.Port());
  Child sender(
      {"build/syslog/bin/rsyslogd", "-n", "-f", folder.File("config"), "-i", folder.File("pid")},
      folder.File("log"));
  const auto deadline = Clock::now() + kLimit;
  while (!std::filesystem::exists(folder.File("pid"))) {
    if (Clock::now() >= deadline || sender.Wait(std::chrono::milliseconds(5))) {
      throw std::runtime_error("rsyslogd does not start: " + Contents(folder.File("log")));
    }
  }
  ::usleep(kSettleUs);
  const Stopwatch watch;
  std::filesystem::create_hard_link(messages_, folder.File("messages"));
  receiver.Await(count_);
  Run run{watch.Seconds(), 0, 0};
  const CpuMeter meter(CpuMeter::Whose::kChildren);
  sender.Signal(SIGTERM);
  if (!sender.Wait(kLimit)) throw std::runtime_error("rsyslogd does not end after 60 s");
  run.sender_cpu = meter.Seconds();
  run.receiver_cpu = receiver.Conclude(count_);
  return run;
}

Run SyslogPeers::Logger() const {
  SyslogReceiver receiver;
  const CpuMeter meter(CpuMeter::Whose::kChildren);
  const Stopwatch watch;
  const std::string log = dir_.File("log");
  Child sender({"logger", "--rfc5424=notq", "--tcp", "--octet-count", "--server", "127.0.0.1",
                "--port", std::to_string(receiver.Port()), "--priority", "daemon.info", "--tag",
                "logd", "--size", "8192", "--file", lines_},
               log);
  if (sender.Wait(kLimit).value_or(1) != 0) throw std::runtime_error("logger: " + Contents(log));
  const double used = meter.Seconds();
  receiver.Await(count_);
  Run run{watch.Seconds(), used, 0};
  run.receiver_cpu = receiver.Conclude(count_);
  return run;
}

Run SyslogPeers::Bytes() const {
  SyslogReceiver receiver;
  const UniqueFd fd(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(receiver.Port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd.Get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) < 0) {
    throw std::system_error(errno, std::system_category(), "connect");
  }
  const CpuMeter meter(CpuMeter::Whose::kOurs);
  const Stopwatch watch;
  WriteAll(fd.Get(), stream_);
  receiver.Await(count_);
  Run run{watch.Seconds(), meter.Seconds(), 0};
  run.receiver_cpu = receiver.Conclude(count_);
  return run;
}

}  // namespace s390log
