// SPDX-License-Identifier: MIT
// The loop of logd: collector to backlog, backlog to sinks, taken events back to the kernel.
//
// One thread. It sleeps only when the collector has delivered everything (or the backlog is full)
// and no sink can move; collector.h says why no event is missed by that.
#pragma once

#include <poll.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "logd/backlog.h"
#include "logd/control_server.h"
#include "logd/drive_table.h"
#include "logd/drive_view.h"
#include "logd/sink.h"
#include "logd/stats.h"
#include "s390log/collector.h"
#include "s390log/notice_queue.h"

namespace s390log {

struct DaemonParts {
  Channel& channel;
  NoticeQueue& notices;
  int stop_fd;  // readable when the daemon shall end
  std::string control_path;
  size_t backlog;
  std::chrono::seconds drain;
  std::function<void(const std::string&)> tell;  // the operator, of what changes
  std::filesystem::path ccw_devices = std::filesystem::path(kCcwDevices);
};

class Daemon {
 public:
  // Outcomes per turn, so that sinks get theirs.
  static constexpr size_t kBatch = 4096;

  // What `parts` refers to outlives the daemon.
  explicit Daemon(const DaemonParts& parts);

  const BootId& Boot() const { return collector_.Reader().Boot(); }
  void AddSink(std::unique_ptr<Sink> sink) { sinks_.push_back({std::move(sink), true}); }

  // Until stop_fd is readable. Then drains: collects what was emitted, waits (at most `drain`)
  // until the sinks have taken it, and gives everything back. What was not taken stays in the
  // kernel.
  void Run();

  Stats GetStats() const;

 private:
  struct Follower {
    std::unique_ptr<Sink> sink;
    bool was_up;  // so that only changes are told
  };

  CollectState CollectTurn();
  void FollowTurn();
  void TellChange(Follower& follower);
  bool AllFlushed() const;
  void Sleep(CollectState state);
  bool StopRequested() const;
  void Drain();
  SequenceNumber TakenThrough() const;
  std::string Answer(const std::string& request);
  std::string ChangeMode(std::string_view mode);
  std::string Drives() const;

  NoticeQueue& notices_;
  int stop_fd_;
  std::chrono::seconds drain_;
  std::function<void(const std::string&)> tell_;
  Collector collector_;
  DriveTable drives_;
  std::filesystem::path ccw_devices_;
  Backlog backlog_;
  std::vector<Follower> sinks_;
  ControlServer control_;
};

}  // namespace s390log
