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
#include <memory>
#include <stdexcept>
#include <system_error>

#include "logd/syslog_sink.h"
#include "logd/tcp_connection.h"
#include "logd/unix_address.h"
#include "tests/bench/peers/mounts.h"
#include "tests/bench/peers/sink_feeder.h"
#include "tests/bench/peers/syslog_receiver.h"
#include "tests/host/loopback.h"

namespace s390log {
namespace {

constexpr std::chrono::seconds kLimit{60};
constexpr useconds_t kSettleUs = 300'000;  // rsyslogd watches the folder by then
constexpr size_t kPiece = 65536;

// `input`: where the messages come from, for the ruleset "forward".
std::string OmfwdConfig(const std::string& folder, uint16_t port, const std::string& input,
                        const std::string& format) {
  return fmt::format(R"(
global(workDirectory="{folder}" maxMessageSize="64k")
template(name="as-is" type="string" string="{format}")
ruleset(name="forward" queue.type="FixedArray" queue.size="100000" queue.dequeueBatchSize="4096"
        queue.timeoutEnqueue="60000") {{
  action(type="omfwd" target="127.0.0.1" port="{port}" protocol="tcp" tcp_framing="octet-counted"
         template="as-is")
}}
{input}
)",
                     fmt::arg("folder", folder), fmt::arg("port", port), fmt::arg("input", input),
                     fmt::arg("format", format));
}

// A rsyslogd that forwards, and is ready to.
class Forwarder {
 public:
  Forwarder(const TempDir& folder, const std::string& config) : log_(folder.File("log")) {
    std::ofstream(folder.File("config")) << config;
    child_ = std::make_unique<Child>(
        std::vector<std::string>{"build/syslog/bin/rsyslogd", "-n", "-f", folder.File("config"),
                                 "-i", folder.File("pid")},
        log_);
    const auto deadline = Clock::now() + kLimit;
    while (!std::filesystem::exists(folder.File("pid"))) {
      if (Clock::now() >= deadline || child_->Wait(std::chrono::milliseconds(5))) {
        throw std::runtime_error("rsyslogd does not start: " + Contents(log_));
      }
    }
    ::usleep(kSettleUs);
  }

  // Returns the processor time of its life.
  double Conclude() {
    const CpuMeter meter(CpuMeter::Whose::kChildren);
    child_->Signal(SIGTERM);
    if (!child_->Wait(kLimit)) throw std::runtime_error("rsyslogd does not end after 60 s");
    return meter.Seconds();
  }

 private:
  std::string log_;
  std::unique_ptr<Child> child_;
};

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
Run SyslogPeers::ImfileOmfwd() const {
  SyslogReceiver receiver;
  const TempDir folder;
  const std::string input = fmt::format(
      "module(load=\"imfile\" mode=\"inotify\")\n"
      "input(type=\"imfile\" file=\"{}\" tag=\"x\" ruleset=\"forward\")",
      folder.File("messages"));
  Forwarder forwarder(folder, OmfwdConfig(folder.File(""), receiver.Port(), input, "%msg%"));
  const Stopwatch watch;
  std::filesystem::create_hard_link(messages_, folder.File("messages"));
  receiver.Await(count_);
  Run run{watch.Seconds(), 0, 0};
  run.sender_cpu = forwarder.Conclude();
  run.receiver_cpu = receiver.Conclude(count_);
  return run;
}

// Through a socket, as programs hand messages to a local rsyslogd; it parses each.
Run SyslogPeers::ImptcpOmfwd() const {
  SyslogReceiver receiver;
  const TempDir folder;
  const std::string input =
      fmt::format("module(load=\"imptcp\")\ninput(type=\"imptcp\" path=\"{}\" ruleset=\"forward\")",
                  folder.File("socket"));
  Forwarder forwarder(folder, OmfwdConfig(folder.File(""), receiver.Port(), input, "%rawmsg%"));
  const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM, 0));
  if (ConnectUnix(fd.Get(), UnixAddress(folder.File("socket")).value()) < 0) {
    throw std::system_error(errno, std::system_category(), "connect to rsyslogd");
  }
  const Stopwatch watch;
  WriteAll(fd.Get(), stream_);
  receiver.Await(count_);
  Run run{watch.Seconds(), 0, 0};
  run.sender_cpu = forwarder.Conclude();
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
  sockaddr_in address = Loopback(receiver.Port());
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
