// SPDX-License-Identifier: MIT
#include "logd/daemon.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <system_error>

namespace s390log {
namespace {

using std::chrono::milliseconds;

// A writer whose CPU has lost the processor: how long to leave it alone (CollectState::kBehind).
constexpr milliseconds kBehindPause{1};

uint64_t NowNs() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
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
      backlog_(parts.backlog),
      control_(parts.control_path, [this](const std::string& request) { return Answer(request); }) {
}

void Daemon::Run() {
  while (!StopRequested()) {
    const CollectState state = CollectTurn();
    FollowTurn();
    control_.Serve(Clock::now());
    Sleep(state);
  }
  Drain();
}

CollectState Daemon::CollectTurn() {
  const size_t limit = std::min(backlog_.Room(), kBatch);
  if (limit == 0) return CollectState::kMore;
  const uint64_t now_ns = NowNs();
  return collector_.Collect(limit, [&](const Outcome& outcome) {
    Event event = MakeEvent(outcome, now_ns);
    drives_.See(event);
    backlog_.Append(std::move(event));
  });
}

void Daemon::FollowTurn() {
  const Clock::time_point now = Clock::now();
  uint64_t taken = backlog_.End();
  for (Follower& follower : sinks_) {
    follower.sink->Follow(backlog_, now);
    taken = std::min(taken, follower.sink->Taken());
    if (follower.sink->Up() != follower.was_up) TellChange(follower);
  }
  backlog_.TrimTo(taken);
  collector_.GiveBack(TakenThrough());
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
  std::vector<pollfd> waits = {{stop_fd_, POLLIN, 0}};
  std::optional<Clock::time_point> deadline;
  // With a full backlog kevents stay where they are; only a sink can change anything.
  const bool full = backlog_.Room() == 0;
  if (!full) waits.push_back({notices_.Fd(), POLLIN, 0});
  if (!full && state == CollectState::kMore) Earlier(deadline, Clock::now());
  if (state == CollectState::kBehind) Earlier(deadline, Clock::now() + kBehindPause);
  control_.AddWaits(waits);
  Earlier(deadline, control_.Deadline());
  for (const Follower& follower : sinks_) {
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

bool Daemon::AllFlushed() const {
  return backlog_.Begin() == backlog_.End() &&
         std::all_of(sinks_.begin(), sinks_.end(),
                     [](const Follower& follower) { return follower.sink->Flushed(); });
}

// Everything that is emitted by now goes to the sinks, and they take it, if the time suffices.
void Daemon::Drain() {
  const Clock::time_point deadline = Clock::now() + drain_;
  const SequenceNumber until = collector_.Reader().EmittedNow();
  while (true) {
    CollectTurn();
    FollowTurn();
    const bool collected = collector_.Reader().Delivered() >= until;
    if (collected && !collector_.GetMatcher().Pending() && AllFlushed()) return;
    if (Clock::now() >= deadline) return;
    // The stop request stays readable: sleep a little instead of waiting for events.
    const bool only_sinks = collected || backlog_.Room() == 0;
    ::poll(nullptr, 0, only_sinks ? 1 : 0);
  }
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
  for (const Follower& follower : sinks_) {
    stats.sinks.push_back({follower.sink->Report(), backlog_.End() - follower.sink->Taken()});
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
