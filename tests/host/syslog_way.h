// SPDX-License-Identifier: MIT
// Each server over each transport, for tests with a parameter.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/host/syslog_server.h"

namespace s390log {

struct SyslogWay {
  ServerKind server;
  ServerInput input;
};

inline std::string NameOfWay(const testing::TestParamInfo<SyslogWay>& info) {
  static const char* const kInputs[] = {"Udp", "Tcp", "TcpLineFeeds", "Tls", "Datagram", "Stream"};
  const char* server = info.param.server == ServerKind::kRsyslog ? "Rsyslog" : "SyslogNg";
  return server + std::string(kInputs[static_cast<int>(info.param.input)]);
}

inline std::vector<SyslogWay> AllWays() {
  std::vector<SyslogWay> ways;
  for (const ServerKind server : {ServerKind::kRsyslog, ServerKind::kSyslogNg}) {
    for (int input = 0; input <= static_cast<int>(ServerInput::kStream); ++input) {
      ways.push_back({server, static_cast<ServerInput>(input)});
    }
  }
  return ways;
}

}  // namespace s390log
