// SPDX-License-Identifier: MIT
#include "tests/host/syslog_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "logd/unix_address.h"
#include "s390log/unique_fd.h"
#include "tests/host/loopback.h"

namespace s390log {
namespace {

using Json = nlohmann::json;

constexpr std::chrono::seconds kLimit{20};
constexpr char kPrograms[] = "build/syslog/bin/";

bool IsLocal(ServerInput input) {
  return input == ServerInput::kDatagram || input == ServerInput::kStream;
}

// The kernel's own table: a datagram to see whether somebody is there would be a message.
bool IsUdpPortTaken(uint16_t port) {
  std::ifstream table("/proc/net/udp");
  std::string line;
  while (std::getline(table, line)) {
    if (line.find(fmt::format(":{:04X} 00000000:0000", port)) != std::string::npos) return true;
  }
  return false;
}

std::string TextOf(const Json& json, const char* key) {
  const auto at = json.find(key);
  if (at == json.end() || at->is_null()) return "";
  return at->is_string() ? at->get<std::string>() : at->dump();
}

ServerRecord RecordOf(const Json& line) {
  ServerRecord record{TextOf(line, "priority"),
                      TextOf(line, "time"),
                      TextOf(line, "hostname"),
                      TextOf(line, "app_name"),
                      TextOf(line, "proc_id"),
                      TextOf(line, "msg_id"),
                      {},
                      TextOf(line, "text")};
  // rsyslog gives its tree as a text, syslog-ng as a tree.
  Json data = line.value("data", line.value("_SDATA", Json::object()));
  if (data == "") return record;
  if (data.is_string()) data = Json::parse(data.get<std::string>());
  for (const auto& [id, params] : data.items()) {
    for (const auto& [name, value] : params.items()) {
      record.data[id][name] = value.is_string() ? value.get<std::string>() : value.dump();
    }
  }
  return record;
}

}  // namespace

SyslogServer::SyslogServer(ServerKind kind, ServerInput input, ServerTls tls)
    : kind_(kind),
      input_(input),
      tls_(std::move(tls)),
      port_(FreePort(input == ServerInput::kUdp ? SOCK_DGRAM : SOCK_STREAM)) {}

bool SyslogServer::Listens() const {
  if (input_ == ServerInput::kUdp) return IsUdpPortTaken(port_);
  if (IsLocal(input_)) {
    const UniqueFd fd(
        ::socket(AF_UNIX, input_ == ServerInput::kStream ? SOCK_STREAM : SOCK_DGRAM, 0));
    return ConnectUnix(fd.Get(), UnixAddress(Path()).value()) == 0;
  }
  const UniqueFd fd(::socket(AF_INET, SOCK_STREAM, 0));
  const sockaddr_in address = Loopback(port_);
  return ::connect(fd.Get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

void SyslogServer::Start() {
  outputs_.push_back({dir_.File(fmt::format("out.{}", outputs_.size()))});
  std::ofstream(dir_.File("config")) << Config();
  std::filesystem::remove(Path());
  if (kind_ == ServerKind::kRsyslog) {
    child_ = std::make_unique<Child>(
        std::vector<std::string>{std::string(kPrograms) + "rsyslogd", "-n", "-f",
                                 dir_.File("config"), "-i", dir_.File("pid")},
        dir_.File("log"));
  } else {
    child_ = std::make_unique<Child>(
        std::vector<std::string>{std::string(kPrograms) + "syslog-ng", "-F", "-e", "--no-caps",
                                 "-f", dir_.File("config"), "-R", dir_.File("persist"), "-p",
                                 dir_.File("pid"), "-c", dir_.File("control")},
        dir_.File("log"));
  }
  const auto deadline = std::chrono::steady_clock::now() + kLimit;
  while (!Listens()) {
    if (child_->Wait(std::chrono::milliseconds(5))) {
      throw std::runtime_error("the syslog server has ended (is build/syslog there?): " + Log());
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      throw std::runtime_error("the syslog server does not listen after 20 s: " + Log());
    }
  }
}

void SyslogServer::Kill() {
  child_->Signal(SIGKILL);
  child_.reset();
}

void SyslogServer::Stop() {
  child_->Signal(SIGTERM);
  if (!child_->Wait(kLimit)) throw std::runtime_error("the syslog server does not end after 20 s");
  child_.reset();
}

// Without its end a line is still being written, or its writer was killed.
std::vector<ServerRecord> SyslogServer::TakeRecords() {
  std::vector<ServerRecord> records;
  for (Output& output : outputs_) {
    std::ifstream file(output.path, std::ios::binary);
    file.seekg(static_cast<std::streamoff>(output.read));
    std::string line;
    while (std::getline(file, line) && !file.eof()) {
      output.read += line.size() + 1;
      const Json json = Json::parse(line, nullptr, false);
      if (json.is_discarded()) throw std::runtime_error("the server has written: " + line);
      records.push_back(RecordOf(json));
    }
  }
  return records;
}

std::string SyslogServer::Config() const {
  return kind_ == ServerKind::kRsyslog ? RsyslogConfig() : SyslogNgConfig();
}

// The queues take what comes while the disk is slow; what is in the file must be whole lines.
std::string SyslogServer::RsyslogConfig() const {
  return fmt::format(R"(
global(workDirectory="{dir}" maxMessageSize="64k" defaultNetstreamDriverCAFile="{ca}"
       defaultNetstreamDriverCertFile="{certificate}" defaultNetstreamDriverKeyFile="{key}")
module(load="mmpstrucdata")
template(name="parsed" type="list" option.jsonf="on") {{
  property(outname="priority" name="pri" format="jsonf")
  property(outname="time" name="timereported" dateFormat="rfc3339" format="jsonf")
  property(outname="hostname" name="hostname" format="jsonf")
  property(outname="app_name" name="app-name" format="jsonf")
  property(outname="proc_id" name="procid" format="jsonf")
  property(outname="msg_id" name="msgid" format="jsonf")
  property(outname="data" name="$!rfc5424-sd" format="jsonf")
  property(outname="text" name="msg" format="jsonf")
}}
ruleset(name="all") {{
  action(type="mmpstrucdata" sd_name.lowercase="off")
  action(type="omfile" file="{out}" template="parsed")
}}
{input}
)",
                     fmt::arg("dir", dir_.File("")), fmt::arg("ca", tls_.ca),
                     fmt::arg("certificate", tls_.certificate), fmt::arg("key", tls_.key),
                     fmt::arg("out", outputs_.back().path), fmt::arg("input", RsyslogInput()));
}

std::string SyslogServer::RsyslogInput() const {
  switch (input_) {
    case ServerInput::kUdp:
      return fmt::format(
          "module(load=\"imudp\")\n"
          "input(type=\"imudp\" address=\"127.0.0.1\" port=\"{}\" ruleset=\"all\")",
          port_);
    case ServerInput::kTcp:
    case ServerInput::kTcpLineFeeds:
      return fmt::format(
          "module(load=\"imtcp\")\n"
          "input(type=\"imtcp\" address=\"127.0.0.1\" port=\"{}\" ruleset=\"all\" "
          "supportOctetCountedFraming=\"{}\")",
          port_, input_ == ServerInput::kTcp ? "on" : "off");
    case ServerInput::kTls:
      return fmt::format(
          "module(load=\"imtcp\" streamDriver.name=\"ossl\" streamDriver.mode=\"1\" "
          "streamDriver.authMode=\"{}\")\n"
          "input(type=\"imtcp\" address=\"127.0.0.1\" port=\"{}\" ruleset=\"all\")",
          tls_.demands_certificate ? "x509/certvalid" : "anon", port_);
    case ServerInput::kDatagram:
      return fmt::format(
          "module(load=\"imuxsock\" sysSock.use=\"off\")\n"
          "input(type=\"imuxsock\" socket=\"{}\" useSpecialParser=\"off\" useSysTimeStamp=\"off\" "
          "ignoreTimestamp=\"off\" "
          "parseHostname=\"on\" rateLimit.interval=\"0\" ruleset=\"all\")",
          Path());
    case ServerInput::kStream:
      return fmt::format(
          "module(load=\"imptcp\")\n"
          "input(type=\"imptcp\" path=\"{}\" ruleset=\"all\")",
          Path());
  }
  return "";
}

std::string SyslogServer::SyslogNgConfig() const {
  return fmt::format(R"(@version: 3.38
options {{ keep-hostname(yes); keep-timestamp(yes); use-dns(no); dns-cache(no); stats-freq(0);
  frac-digits(6); ts-format(iso); log-msg-size(65536); }};
source in {{ {input} }};
destination out {{ file("{out}" template("$(format-json --scope none priority=$PRI
  time=$S_ISODATE hostname=$HOST app_name=$PROGRAM proc_id=$PID msg_id=$MSGID text=$MSG
  --key .SDATA.*)\n")); }};
log {{ source(in); destination(out); flags(flow-control); }};
)",
                     fmt::arg("input", SyslogNgInput()), fmt::arg("out", outputs_.back().path));
}

std::string SyslogServer::SyslogNgInput() const {
  switch (input_) {
    case ServerInput::kUdp:
      return fmt::format("syslog(ip(\"127.0.0.1\") port({}) transport(\"udp\"));", port_);
    case ServerInput::kTcp:
      return fmt::format("syslog(ip(\"127.0.0.1\") port({}) transport(\"tcp\"));", port_);
    case ServerInput::kTcpLineFeeds:
      return fmt::format(
          "network(ip(\"127.0.0.1\") port({}) transport(\"tcp\") flags(syslog-protocol));", port_);
    case ServerInput::kTls:
      return fmt::format(
          "syslog(ip(\"127.0.0.1\") port({}) transport(\"tls\") tls(key-file(\"{}\") "
          "cert-file(\"{}\") ca-file(\"{}\") peer-verify({})));",
          port_, tls_.key, tls_.certificate, tls_.ca,
          tls_.demands_certificate ? "required-trusted" : "optional-untrusted");
    case ServerInput::kDatagram:
      return fmt::format("unix-dgram(\"{}\" flags(syslog-protocol));", Path());
    case ServerInput::kStream:
      return fmt::format("unix-stream(\"{}\" flags(syslog-protocol));", Path());
  }
  return "";
}

}  // namespace s390log
