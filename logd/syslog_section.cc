// SPDX-License-Identifier: MIT
#include "logd/syslog_section.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <vector>

#include "logd/selection_section.h"
#include "logd/syslog_format.h"
#include "logd/tls_fingerprint.h"

namespace s390log {
namespace {

using Kind = SyslogTransportKind;

constexpr int64_t kMaxUint32 = 0xffffffff;
constexpr int64_t kMaxMessage = 65000;  // of a datagram, with headers
constexpr int64_t kMaxRate = 1'000'000;
constexpr uint32_t kUdpMessage = 2048;  // what a receiver should take (RFC 5426)
constexpr uint16_t kTlsPort = 6514;

// In the order of Kind.
constexpr std::array<std::string_view, 4> kTransports = {"tcp", "udp", "tls", "local"};

std::string_view NameOf(Kind kind) { return kTransports.at(static_cast<size_t>(kind)); }

void ReadPeer(ConfigSection& section, SyslogConfig& syslog) {
  if (syslog.transport == Kind::kTls) syslog.port = kTlsPort;
  section.Text("server", syslog.server);
  uint32_t port = syslog.port;
  section.Number("port", 1, 65535, port);
  syslog.port = static_cast<uint16_t>(port);
}

void ReadMessage(ConfigSection& section, SyslogConfig& syslog) {
  if (syslog.transport == Kind::kUdp) syslog.max_message = kUdpMessage;
  section.Number("max_message", SyslogEncoder::kMinLimit, kMaxMessage, syslog.max_message);
  auto facility = static_cast<size_t>(syslog.facility);
  section.Choice("facility", Facilities(), facility);
  syslog.facility = static_cast<int>(facility);
  section.Number("enterprise_id", 1, kMaxUint32, syslog.enterprise_id);
  section.Text("app_name", syslog.app_name);
  section.Text("hostname", syslog.hostname);
}

void ReadTls(ConfigSection& section, SyslogConfig& syslog) {
  section.Text("ca_file", syslog.ca_file);
  section.Text("server_name", syslog.server_name);
  section.Texts(
      "fingerprints",
      "one: sha-256: and 32 pairs of digits, as openssl x509 -fingerprint -sha256 prints it",
      [](const std::string& text) { return TlsFingerprint::Parse(text).has_value(); },
      syslog.fingerprints);
  section.Text("certificate", syslog.certificate);
  section.Text("key", syslog.key);
  if (section.Has("certificate") && !section.Has("key")) {
    section.Reject("certificate", "needs its key, in the key named key");
  }
  if (section.Has("key") && !section.Has("certificate")) {
    section.Reject("key", "needs its certificate, in the key named certificate");
  }
}

// Keys that mean nothing to the transport are mistakes.
void CheckKeys(ConfigSection& section, Kind kind) {
  const auto only = [&](std::string_view key, Kind needed) {
    if (kind == needed || !section.Has(key)) return;
    section.Reject(key, fmt::format("is for transport = \"{}\", and this is \"{}\"", NameOf(needed),
                                    NameOf(kind)));
  };
  only("framing", Kind::kTcp);
  only("datagrams_per_second", Kind::kUdp);
  for (const char* key : {"path", "socket"}) only(key, Kind::kLocal);
  for (const char* key : {"ca_file", "server_name", "fingerprints", "certificate", "key"}) {
    only(key, Kind::kTls);
  }
  if (kind != Kind::kLocal) return section.Require("server");
  for (const char* key : {"server", "port"}) {
    if (section.Has(key)) section.Reject(key, "is not for transport = \"local\", which has a path");
  }
}

}  // namespace

const std::vector<std::string_view>& Facilities() {
  static const std::vector<std::string_view> kNames = {
      "kern",   "user",   "mail",     "daemon", "auth",   "syslog", "lpr",    "news",
      "uucp",   "cron",   "authpriv", "ftp",    "ntp",    "audit",  "alert",  "clock",
      "local0", "local1", "local2",   "local3", "local4", "local5", "local6", "local7"};
  return kNames;
}

void ReadSyslogSection(ConfigSection& section, SyslogConfig& syslog) {
  size_t transport = 0;
  section.Choice("transport", {kTransports.begin(), kTransports.end()}, transport);
  syslog.transport = static_cast<Kind>(transport);
  section.Text("name", syslog.name);
  ReadPeer(section, syslog);
  size_t framing = 0;
  section.Choice("framing", {"octet-counting", "lf"}, framing);
  syslog.line_feeds = framing == 1;
  section.Number("datagrams_per_second", 1, kMaxRate, syslog.rate);
  section.Text("path", syslog.path);
  size_t socket = 0;
  section.Choice("socket", {"datagram", "stream"}, socket);
  syslog.stream = socket == 1;
  ReadMessage(section, syslog);
  ReadTls(section, syslog);
  ReadSelection(section, syslog.selection);
  CheckKeys(section, syslog.transport);
  section.Finish();
}

std::string SinkNameOf(const SyslogConfig& syslog) {
  if (!syslog.name.empty()) return "syslog " + syslog.name;
  if (syslog.transport == Kind::kLocal) return "syslog local " + syslog.path;
  return fmt::format("syslog {} {}:{}", NameOf(syslog.transport), syslog.server, syslog.port);
}

}  // namespace s390log
