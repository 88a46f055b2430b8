// SPDX-License-Identifier: MIT
#include "logd/syslog_sinks.h"

#include <unistd.h>

#include <array>

#include "logd/local_transport.h"
#include "logd/syslog_section.h"
#include "logd/syslog_sink.h"
#include "logd/tcp_connection.h"
#include "logd/tls_connection.h"
#include "logd/udp_transport.h"

namespace s390log {
namespace {

using Kind = SyslogTransportKind;

std::string SystemHostname() {
  std::array<char, 256> buffer{};
  if (::gethostname(buffer.data(), buffer.size() - 1) != 0) return "";
  const std::string name = buffer.data();
  return name == "(none)" ? "" : name;  // what Linux calls itself before it is given a name
}

// The configuration has been checked: all fingerprints are some.
TlsSettings SettingsOf(const SyslogConfig& config) {
  TlsSettings settings{config.ca_file, {}, config.server_name, config.certificate, config.key};
  for (const std::string& text : config.fingerprints) {
    settings.fingerprints.push_back(TlsFingerprint::Parse(text).value());
  }
  return settings;
}

std::unique_ptr<SyslogTransport> MakeTransport(const SyslogConfig& config) {
  switch (config.transport) {
    case Kind::kTcp:
      return std::make_unique<TcpConnection>(config.server, config.port);
    case Kind::kUdp:
      return std::make_unique<UdpTransport>(config.server, config.port, config.rate);
    case Kind::kTls:
      return std::make_unique<TlsConnection>(config.server, config.port, SettingsOf(config));
    case Kind::kLocal:
      return std::make_unique<LocalTransport>(config.path,
                                              config.stream ? SOCK_STREAM : SOCK_DGRAM);
  }
  return nullptr;
}

SyslogFraming FramingOf(const SyslogConfig& config) {
  const bool local = config.transport == Kind::kLocal;
  if (config.transport == Kind::kUdp || (local && !config.stream)) return SyslogFraming::kNone;
  return local || config.line_feeds ? SyslogFraming::kLineFeed : SyslogFraming::kOctetCounting;
}

}  // namespace

std::unique_ptr<Sink> MakeSyslogSink(const SyslogConfig& config) {
  SyslogSinkOptions options;
  options.name = SinkNameOf(config);
  options.framing = FramingOf(config);
  options.max_message = config.max_message;
  options.origin.facility = config.facility;
  options.origin.enterprise_id = config.enterprise_id;
  options.origin.hostname = config.hostname.empty() ? SystemHostname() : config.hostname;
  options.origin.app_name = config.app_name;
  options.origin.proc_id = std::to_string(::getpid());
  return std::make_unique<SyslogSink>(MakeTransport(config), options);
}

}  // namespace s390log
