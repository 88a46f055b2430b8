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
#include "logd/delivery_tally.h"
#include "logd/drive_table.h"
#include "logd/drive_view.h"
#include "logd/metrics.h"
#include "logd/metrics_board.h"
#include "logd/service_notifier.h"
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
  std::string store_failure = {};      // why there is none, though there should be one
  MetricsBoard* metrics = nullptr;     // null: nobody wants them
  ServiceNotifier* service = nullptr;  // null: nobody is told
};

class Daemon {
 public:
  // Outcomes per turn, so that sinks get theirs.
  static constexpr size_t kBatch = 4096;

  // What `parts` refers to outlives the daemon.
  explicit Daemon(const DaemonParts& parts);

  const BootId& Boot() const { return collector_.Reader().Boot(); }
  // It goes on where it was when logd ended, if there is a store and it knows the sink.
  // One that is new begins with what comes next.
  void AddSink(std::unique_ptr<Sink> sink);
  // The sink of that name goes, and where it was is forgotten.
  void RemoveSink(const std::string& name);
  // `sink` goes on where the one of that name was.
  void ReplaceSink(const std::string& name, std::unique_ptr<Sink> sink);

  // `work` is done in the daemon's thread whenever `fd` (as of HangupSignal()) is readable; then
  // all sinks reopen their files.
  void OnHangup(int fd, std::function<void()> work);

  // Until stop_fd is readable. Then drains: collects what was emitted, waits (at most `drain`)
  // until the sinks have taken it, and gives everything back. What was not taken stays in the
  // kernel.
  void Run();

  Stats GetStats() const;
  Metrics GetMetrics() const;

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
  void Retire(Follower& follower);
  uint64_t CursorOf(const std::string& sink);
  bool Stores() const;
  uint64_t SafeEntries() const;
  std::optional<uint64_t> LagOf(const Follower& follower, uint64_t now_ns) const;
  std::optional<StoreMetrics> GetStoreMetrics() const;
  void PublishMetrics();
  std::map<std::string, uint64_t> Cursors() const;
  void TellChange(Follower& follower);
  void SaveCursors();
  void ServeHangup();
  std::vector<Follower>::iterator FindSink(const std::string& name);
  void DropCursor(const std::string& name);
  void Conclude();
  bool AllFlushed() const;
  void Sleep(CollectState state);
  bool StopRequested() const;
  void Drain();
  void TellService();
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
  int hangup_fd_ = -1;
  std::function<void()> hangup_;
  StoreLimits limits_;
  DeliveryTally tally_;
  MetricsBoard* metrics_;
  ControlServer control_;
  ServiceNotifier* service_;
};

}  // namespace s390log
