// SPDX-License-Identifier: MIT
// A real rsyslog or syslog-ng on the loopback. It writes what it has parsed as JSON lines, and
// those are what a test compares with: nothing of ours reads the messages.
#pragma once

#include <csignal>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/host/child.h"
#include "tests/host/temp_dir.h"

namespace s390log {

enum class ServerKind { kRsyslog, kSyslogNg };
enum class ServerInput { kUdp, kTcp, kTcpLineFeeds, kTls, kDatagram, kStream };

// Files of PEM.
struct ServerTls {
  std::string ca = {};
  std::string certificate = {};
  std::string key = {};
  bool demands_certificate = false;
};

struct ServerRecord {
  std::string priority;
  std::string time;
  std::string hostname;
  std::string app_name;
  std::string proc_id;
  std::string msg_id;
  std::map<std::string, std::map<std::string, std::string>> data;  // by SD-ID
  std::string text;
};

class SyslogServer {
 public:
  // Chooses a port and a path, but nobody is there yet.
  SyslogServer(ServerKind kind, ServerInput input, ServerTls tls = {});

  uint16_t Port() const { return port_; }
  std::string Path() const { return dir_.File("socket"); }

  // Until it listens, at most 20 s. Throws std::runtime_error with what it has said.
  void Start();
  // Without a chance to do anything.
  void Kill();
  // In order, at most 20 s.
  void Stop();
  void Pause() { child_->Signal(SIGSTOP); }
  void Continue() { child_->Signal(SIGCONT); }

  // New ones since the last call, also of those that have run before.
  std::vector<ServerRecord> TakeRecords();
  // What it has said, of errors for instance.
  std::string Log() const { return Contents(dir_.File("log")); }

 private:
  struct Output {
    std::string path;
    size_t read = 0;
  };

  bool Listens() const;
  std::string Config() const;
  std::string RsyslogConfig() const;
  std::string RsyslogInput() const;
  std::string SyslogNgConfig() const;
  std::string SyslogNgInput() const;

  ServerKind kind_;
  ServerInput input_;
  ServerTls tls_;
  TempDir dir_;
  uint16_t port_;
  std::vector<Output> outputs_;  // one for each time it ran
  std::unique_ptr<Child> child_;
};

}  // namespace s390log
