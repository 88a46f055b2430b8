// SPDX-License-Identifier: MIT
// The loop of logd: collector to backlog, backlog to store and sinks, taken events back to the
// kernel. With a store, what it has is taken; sinks that are behind read from it. Without one, what
// all sinks have.
//
// One thread. It sleeps only when the collector has delivered everything (or the backlog is full)
// and no sink can move; collector.h says why no event is missed by that.
#pragma once

#include <poll.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "logd/backlog.h"
#include "logd/control_server.h"
#include "logd/drive_table.h"
#include "logd/drive_view.h"
#include "logd/sink.h"
#include "logd/stats.h"
#include "logd/store_history.h"
#include "logd/store_sink.h"
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
  Store* store = nullptr;  // null: there is none
  StoreLimits limits = {};
  std::string store_failure = {};  // why there is none, though there should be one
};

class Daemon {
 public:
  // Outcomes per turn, so that sinks get theirs.
  static constexpr size_t kBatch = 4096;

  // What `parts` refers to outlives the daemon.
  explicit Daemon(const DaemonParts& parts);

  const BootId& Boot() const { return collector_.Reader().Boot(); }
  // It goes on where it was when logd ended, if there is a store and it knows the sink.
  void AddSink(std::unique_ptr<Sink> sink);

  // Until stop_fd is readable. Then drains: collects what was emitted, waits (at most `drain`)
  // until the sinks have taken it, and gives everything back. What was not taken stays in the
  // kernel.
  void Run();

  Stats GetStats() const;

 private:
  struct Follower {
    std::unique_ptr<Sink> sink;
    bool was_up = true;                                     // so that only changes are told
    std::optional<Clock::time_point> again = std::nullopt;  // the store could not be read for it
  };

  CollectState CollectTurn();
  void FollowTurn();
  void Follow(Follower& follower, Clock::time_point now);
  void AddStore(const DaemonParts& parts);
  uint64_t CursorOf(const std::string& sink);
  bool Stores() const;
  uint64_t SafeEntries() const;
  std::map<std::string, uint64_t> Cursors() const;
  void TellChange(Follower& follower);
  void SaveCursors();
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
  Store* store_;
  std::string store_failure_;
  std::optional<StoreHistory> history_;
  Backlog backlog_;
  StoreSink* store_sink_ = nullptr;  // the first of the sinks
  std::vector<Follower> sinks_;
  ControlServer control_;
};

}  // namespace s390log
