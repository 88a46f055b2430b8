// SPDX-License-Identifier: MIT
// Who sends the same messages to a SyslogReceiver: logd's sink, a second rsyslogd, logger, and a
// program that only writes bytes that are ready: that is how much the receiver can take.
#pragma once

#include <cstdint>
#include <string>

#include "tests/bench/peers/contest.h"
#include "tests/host/temp_dir.h"

namespace s390log {

class SyslogPeers {
 public:
  explicit SyslogPeers(uint64_t count);

  Run Sink() const;
  Run ImfileOmfwd() const;
  Run ImptcpOmfwd() const;
  Run Logger() const;
  Run Bytes() const;

 private:
  uint64_t count_;
  TempDir dir_;
  std::string messages_;  // a file: each message a line
  std::string lines_;     // a file: without the headers, which logger adds
  std::string stream_;    // what goes over the connection
};

}  // namespace s390log
