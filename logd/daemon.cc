// SPDX-License-Identifier: MIT
#include "logd/daemon.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "logd/hangup_signal.h"
#include "logd/wall_clock.h"
#include "s390log/failpoint.h"
#include "s390log/position_area.h"

namespace s390log {
namespace {

using std::chrono::milliseconds;

// A writer whose CPU has lost the processor: how long to leave it alone (CollectState::kBehind).
constexpr milliseconds kBehindPause{1};
constexpr milliseconds kStorePause{1000};
constexpr milliseconds kFinishTime{1000};  // of a sink that goes while the daemon stays

std::optional<StoreHistory> OpenHistory(const Store* store) {
  if (store == nullptr) return std::nullopt;
  return std::make_optional<StoreHistory>(store->Path());
}

void Earlier(std::optional<Clock::time_point>& deadline,
             const std::optional<Clock::time_point>& other) {
  if (other) deadline = deadline ? std::min(*deadline, *other) : *other;
}

// For poll(): -1 is for ever; rounded up, or the last millisecond would be spent spinning.
int TimeoutOf(const std::optional<Clock::time_point>& deadline) {
  if (!deadline) return -1;
  const Clock::time_point now = Clock::now();
  if (*deadline <= now) return 0;
  const auto left = std::chrono::ceil<milliseconds>(*deadline - now);
  return static_cast<int>(std::min<int64_t>(left.count(), 3'600'000));
}

}  // namespace

Daemon::Daemon(const DaemonParts& parts)
    : notices_(parts.notices),
      stop_fd_(parts.stop_fd),
      drain_(parts.drain),
      tell_(parts.tell),
      collector_(parts.channel, parts.notices),
      ccw_devices_(parts.ccw_devices),
      store_(parts.store),
      store_failure_(parts.store_failure),
      history_(OpenHistory(parts.store)),
      backlog_(parts.backlog, Boot().ToString(), store_ == nullptr ? 0 : store_->End(),
               history_ ? &*history_ : nullptr),
      limits_(parts.limits),
      metrics_(parts.metrics),
      control_(parts.control_path, [this](const std::string& request) { return Answer(request); }),
      service_(parts.service) {
  try {
    if (store_ != nullptr) AddStore(parts);
  } catch (const StoreError& error) {
    store_failure_ = error.what();
    tell_("no store: " + store_failure_);
  }
}

void Daemon::AddStore(const DaemonParts& parts) {
  // logd was killed between the store and the kernel: what is stored is not collected again.
  const SequenceNumber stored = store_->StoredThrough(Boot());
  Failpoint("start-before-taken");
  if (stored > PositionArea(parts.channel.Positions()).Taken()) parts.channel.Take(stored);
  Failpoint("start-taken");
  auto sink = std::make_unique<StoreSink>(*store_, Boot(), parts.limits);
  store_sink_ = sink.get();
  sinks_.push_back({std::move(sink)});
}

void Daemon::AddSink(std::unique_ptr<Sink> sink) {
  sink->StartAt(store_sink_ != nullptr ? CursorOf(sink->Report().name) : backlog_.End());
  sinks_.push_back({std::move(sink)});
}

uint64_t Daemon::CursorOf(const std::string& sink) {
  try {
    return store_->Cursor(sink).value_or(backlog_.End());
  } catch (const StoreError& error) {
    tell_(fmt::format("{} begins with what is new: {}", sink, error.what()));
    return backlog_.End();
  }
}

std::vector<Daemon::Follower>::iterator Daemon::FindSink(const std::string& name) {
  const auto found = std::find_if(sinks_.begin(), sinks_.end(), [&](const Follower& follower) {
    return follower.sink->Report().name == name;
  });
  if (found == sinks_.end()) throw std::logic_error("no sink is called " + name);
  return found;
}

void Daemon::DropCursor(const std::string& name) {
  if (store_sink_ == nullptr || store_sink_->Damaged()) return;
  try {
    store_->DropCursor(name);
  } catch (const StoreError& error) {
    tell_(fmt::format("where {} was is still in the store: {}", name, error.what()));
  }
}

// The last that its sink does: nothing of what it has taken shall wait there.
void Daemon::Retire(Follower& follower) {
  const Clock::time_point now = Clock::now();
  follower.sink->Conclude();
  Follow(follower, now);
  follower.sink->Finish(now + kFinishTime);
}

void Daemon::RemoveSink(const std::string& name) {
  const auto found = FindSink(name);
  Retire(*found);
  sinks_.erase(found);
  DropCursor(name);
}

// Without a store, what all sinks have taken is gone: then it goes on with what is left.
void Daemon::ReplaceSink(const std::string& name, std::unique_ptr<Sink> sink) {
  Follower& follower = *FindSink(name);
  Retire(follower);
  const uint64_t safe = follower.sink->Safe();
  const uint64_t start = store_sink_ != nullptr ? safe : std::max(safe, backlog_.Begin());
  if (start > safe) {
    tell_(
        fmt::format("{}: nobody knows if the last {} entries that it took have arrived; they "
                    "cannot be sent again, because there is no store",
                    name, start - safe));
  }
  sink->StartAt(start);
  const bool renamed = sink->Report().name != name;
  follower = {std::move(sink)};
  if (renamed) DropCursor(name);
}

void Daemon::OnHangup(int fd, std::function<void()> work) {
  hangup_fd_ = fd;
  hangup_ = std::move(work);
}

void Daemon::ServeHangup() {
  if (hangup_fd_ < 0 || !TakeSignal(hangup_fd_)) return;
  hangup_();
  if (sinks_.empty()) tell_("no sink can take events: they stay with the kernel until one can");
  for (const Follower& follower : sinks_) follower.sink->Reopen();
}

void Daemon::Run() {
  if (sinks_.empty()) {
    throw std::runtime_error("no sink can take events: they stay with the kernel until one can");
  }
  if (service_ != nullptr) service_->Ready();
  while (!StopRequested()) {
    const CollectState state = CollectTurn();
    FollowTurn();
    control_.Serve(Clock::now());
    ServeHangup();
    PublishMetrics();
    TellService();
    Sleep(state);
  }
  Drain();
}

void Daemon::TellService() {
  if (service_ == nullptr) return;
  service_->Beat(Clock::now(), [this] { return BalanceLine(GetStats()); });
}

CollectState Daemon::CollectTurn() {
  const size_t limit = std::min(backlog_.Room(), kBatch);
  if (limit == 0) return CollectState::kMore;
  const uint64_t now_ns = WallClockNs();
  return collector_.Collect(limit, [&](const Outcome& outcome) {
    Event event = MakeEvent(outcome, now_ns);
    drives_.See(event);
    backlog_.Append(std::move(event));
  });
}

// The store comes last, though first in the list: who watches does not wait for the disk.
void Daemon::FollowTurn() {
  const Clock::time_point now = Clock::now();
  for (auto follower = sinks_.rbegin(); follower != sinks_.rend(); ++follower) {
    if (follower->sink.get() == store_sink_) store_sink_->SetCursors(Cursors());
    Follow(*follower, now);
    if (follower->sink->Up() != follower->was_up) TellChange(*follower);
  }
  const uint64_t safe = SafeEntries();
  if (safe > backlog_.Begin()) tally_.See(backlog_, safe, WallClockNs());
  backlog_.TrimTo(safe);
  Failpoint("before-acknowledge");
  collector_.GiveBack(TakenThrough());
  Failpoint("acknowledged");
}

void Daemon::Follow(Follower& follower, Clock::time_point now) {
  if (follower.again && now < *follower.again) return;
  follower.again.reset();
  try {
    follower.sink->Follow(backlog_, now);
  } catch (const StoreError& error) {
    if (error.Damaged()) {
      tell_(fmt::format("sinks that are behind go on with what is new: {}", error.what()));
      backlog_.ForgetHistory();
      return;
    }
    tell_(fmt::format("{} has to wait for old entries: {}", follower.sink->Report().name,
                      error.what()));
    follower.again = now + kStorePause;
  }
}

// A damaged store is done without, if there is anybody else.
bool Daemon::Stores() const {
  return store_sink_ != nullptr && (!store_sink_->Damaged() || sinks_.size() == 1);
}

// Entries before this one are taken, and need not be collected again.
uint64_t Daemon::SafeEntries() const {
  if (Stores()) return store_sink_->Taken();
  if (sinks_.empty()) return backlog_.Begin();  // the last has been removed
  uint64_t taken = backlog_.End();
  for (const Follower& follower : sinks_) {
    if (follower.sink.get() != store_sink_) taken = std::min(taken, follower.sink->Taken());
  }
  return taken;
}

std::map<std::string, uint64_t> Daemon::Cursors() const {
  std::map<std::string, uint64_t> cursors;
  for (const Follower& follower : sinks_) {
    if (follower.sink.get() != store_sink_)
      cursors[follower.sink->Report().name] = follower.sink->Safe();
  }
  return cursors;
}

void Daemon::SaveCursors() {
  if (store_sink_ == nullptr) return;
  store_sink_->SetCursors(Cursors());
  try {
    store_sink_->SaveCursors();
  } catch (const StoreError& error) {
    tell_(fmt::format("where the sinks are was not saved, they will repeat: {}", error.what()));
  }
}

// A sink that is still connecting for the first time is not worth a word.
void Daemon::TellChange(Follower& follower) {
  const SinkReport report = follower.sink->Report();
  if (!report.up && report.reason.empty()) return;
  follower.was_up = report.up;
  tell_(report.up ? fmt::format("{} is up", report.name)
                  : fmt::format("{} is down: {}", report.name, report.reason));
}

// Numbers before ours make no entry: once the backlog is empty, all that was yielded is taken.
SequenceNumber Daemon::TakenThrough() const {
  const bool empty = backlog_.Begin() == backlog_.End() && !collector_.GetMatcher().Pending();
  return empty ? collector_.Reader().Delivered() : backlog_.TakenThrough();
}

void Daemon::Sleep(CollectState state) {
  std::vector<pollfd> waits = {{stop_fd_, POLLIN, 0}, {hangup_fd_, POLLIN, 0}};
  std::optional<Clock::time_point> deadline;
  // With a full backlog kevents stay where they are; only a sink can change anything.
  const bool full = backlog_.Room() == 0;
  if (!full) waits.push_back({notices_.Fd(), POLLIN, 0});
  if (!full && state == CollectState::kMore) Earlier(deadline, Clock::now());
  if (state == CollectState::kBehind) Earlier(deadline, Clock::now() + kBehindPause);
  control_.AddWaits(waits);
  if (metrics_ != nullptr) waits.push_back({metrics_->Fd(), POLLIN, 0});
  Earlier(deadline, control_.Deadline());
  if (service_ != nullptr) Earlier(deadline, service_->Deadline());
  for (const Follower& follower : sinks_) {
    if (follower.again) {
      Earlier(deadline, follower.again);
      continue;
    }
    const Wait wait = follower.sink->GetWait(backlog_);
    if (wait.fd >= 0) waits.push_back({wait.fd, wait.events, 0});
    Earlier(deadline, wait.deadline);
  }
  if (::poll(waits.data(), waits.size(), TimeoutOf(deadline)) < 0 && errno != EINTR) {
    throw std::system_error(errno, std::system_category(), "poll");
  }
}

bool Daemon::StopRequested() const {
  pollfd stop{stop_fd_, POLLIN, 0};
  return ::poll(&stop, 1, 0) > 0;
}

void Daemon::Conclude() {
  for (const Follower& follower : sinks_) follower.sink->Conclude();
}

// A sink that is down, and has the store to go on from, is not waited for.
bool Daemon::AllFlushed() const {
  const auto done = [this](const Follower& follower) {
    if (store_sink_ != nullptr && !follower.sink->Up()) return true;
    return follower.sink->Flushed() && follower.sink->Taken() == backlog_.End();
  };
  return backlog_.Begin() == backlog_.End() && std::all_of(sinks_.begin(), sinks_.end(), done);
}

// Everything that is emitted by now goes to the sinks, and they take it, if the time suffices.
void Daemon::Drain() {
  const Clock::time_point deadline = Clock::now() + drain_;
  const SequenceNumber until = collector_.Reader().EmittedNow();
  if (service_ != nullptr) service_->Stopping(drain_);
  Failpoint("draining");
  while (true) {
    CollectTurn();
    FollowTurn();
    PublishMetrics();
    TellService();
    const bool collected = collector_.Reader().Delivered() >= until;
    const bool ended = collected && !collector_.GetMatcher().Pending();
    if (ended) Conclude();
    const bool done = ended && AllFlushed();
    if (done || Clock::now() >= deadline) break;
    // The stop request stays readable: sleep a little instead of waiting for events.
    const bool only_sinks = collected || backlog_.Room() == 0;
    ::poll(nullptr, 0, only_sinks ? 1 : 0);
  }
  Failpoint("drained");
  for (const Follower& follower : sinks_) follower.sink->Finish(deadline);
  SaveCursors();
  Failpoint("ended");
}

Stats Daemon::GetStats() const {
  const ChannelReader& reader = collector_.Reader();
  const Matcher& matcher = collector_.GetMatcher();
  const NoticeCounts kevents = notices_.Counts();
  Stats stats;
  stats.boot_id = reader.Boot().ToString();
  stats.cpus = reader.Cpus();
  const SequenceNumber emitted = reader.EmittedNow();
  stats.emitted = emitted.Value();
  stats.before = reader.Before();
  stats.buffered =
      emitted.Value() - reader.Delivered().Value() + matcher.PendingNumbers() + backlog_.Numbers();
  stats.taken = backlog_.Taken();
  stats.kevents_delivered = kevents.delivered;
  stats.kevents_coalesced = kevents.coalesced;
  stats.kevents_late = matcher.Counts().late_notices;
  stats.unreadable = reader.FaultCount();
  stats.mode = reader.Mode();
  stats.memory = reader.ChannelMemory();
  stats.subbuf_size = reader.GetGeometry().subbuf_size;
  stats.n_subbufs = reader.GetGeometry().n_subbufs;
  if (reader.LastFault()) stats.last_fault = ToString(*reader.LastFault());
  if (!store_failure_.empty()) {
    SinkStats failed;
    failed.report.name = "store";
    failed.report.reason = store_failure_;
    stats.sinks.push_back(failed);
  }
  const uint64_t now_ns = WallClockNs();
  for (const Follower& follower : sinks_) {
    stats.sinks.push_back({follower.sink->Report(), backlog_.End() - follower.sink->Taken(),
                           LagOf(follower, now_ns)});
  }
  return stats;
}

std::string Daemon::ChangeMode(std::string_view text) {
  const auto mode = ParseChannelMode(text);
  if (!mode) {
    return nlohmann::ordered_json{{"error", "the mode is overwrite or no-overwrite"}}.dump();
  }
  collector_.SetMode(*mode);
  tell_(fmt::format("the channel is in {} mode", ToString(*mode)));
  return nlohmann::ordered_json{{"mode", ToString(*mode)}}.dump();
}

std::string Daemon::Drives() const { return drives_.ToJson(LookAtDrives(ccw_devices_)).dump(); }

std::string Daemon::Answer(const std::string& request) {
  constexpr std::string_view kMode = "mode ";
  if (request == "stats") return ToJson(GetStats()).dump();
  if (request == "drives") return Drives();
  if (request.starts_with(kMode)) return ChangeMode(request.substr(kMode.size()));
  return nlohmann::ordered_json{{"error", "unknown request; known are: stats, mode, drives"}}
      .dump();
}

}  // namespace s390log
