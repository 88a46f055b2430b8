// SPDX-License-Identifier: MIT
#include "logd/capture_command.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <optional>
#include <system_error>

#include "logd/access_error.h"
#include "logd/capture_display.h"
#include "logd/stop_signals.h"
#include "s390log/capture_recorder.h"
#include "s390log/device_channel.h"

namespace s390log {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// While events come, so long they may gather before they are copied.
constexpr milliseconds kGather{100};
constexpr std::chrono::seconds kSaveEvery{1};
constexpr int kExitFailure = 1;

// So many events may gather: if all are of one CPU and of usual size, they fill a quarter of its
// buffer.
uint64_t ThresholdOf(const Geometry& geometry) {
  constexpr uint64_t kUsualRecord = 64;
  const uint64_t buffer = uint64_t{geometry.subbuf_size} * geometry.n_subbufs;
  return std::max<uint64_t>(1, buffer / 4 / kUsualRecord);
}

class CaptureSession {
 public:
  explicit CaptureSession(const CaptureOptions& options)
      : stop_(StopSignals()),
        channel_(options.device, DeviceChannel::Role::kObserver),
        recorder_(channel_, options.folder, options.limits),
        display_(STDOUT_FILENO, options.quiet || options.json),
        options_(options) {
    if (options.seconds > 0) deadline_ = Clock::now() + std::chrono::seconds(options.seconds);
  }

  // Until it is told to stop.
  void Run() {
    recorder_.Round();
    recorder_.SavePositions();
    while (Wait()) {
      const SequenceNumber before = recorder_.Emitted();
      recorder_.Round();
      idle_ = recorder_.Emitted() == before && recorder_.Settled();
      if (recorder_.Emitted() != before) changed_ = true;
      if (!changed_) continue;
      Save();
      display_.Show(recorder_.Cpus(), idle_);
      if (idle_) changed_ = false;
    }
    recorder_.Finish();
  }

  void Summarise() {
    display_.End();
    if (options_.json) {
      fmt::print("{}", CaptureSummaryJson(recorder_.Cpus(), options_.folder));
      return;
    }
    fmt::print("{}", CaptureSummary(recorder_.Cpus()));
  }

 private:
  // Rarely while events come, and once when no more do.
  void Save() {
    const Clock::time_point now = Clock::now();
    if (!idle_ && now < saved_ + kSaveEvery) return;
    recorder_.SavePositions();
    saved_ = now;
  }

  // While nothing happens we sleep, and the next event wakes us. From then on we are not woken for
  // each event, but when many have come, or some time has passed.
  bool Wait() {
    channel_.SetThreshold(idle_ ? 1 : ThresholdOf(channel_.GetGeometry()));
    channel_.SetSeen(recorder_.Emitted());
    std::array<pollfd, 2> waits = {{{stop_.Get(), POLLIN, 0}, {channel_.Fd(), POLLIN, 0}}};
    if (::poll(waits.data(), waits.size(), Timeout()) < 0 && errno != EINTR) {
      throw std::system_error(errno, std::system_category(), "poll");
    }
    return waits[0].revents == 0 && !(deadline_ && Clock::now() >= *deadline_);
  }

  int Timeout() const {
    constexpr milliseconds kLongest{3'600'000};
    milliseconds left = idle_ ? kLongest : kGather;
    if (deadline_) {
      const auto rest = std::chrono::ceil<milliseconds>(*deadline_ - Clock::now());
      left = std::clamp(rest, milliseconds(0), left);
    }
    return static_cast<int>(left.count());
  }

  UniqueFd stop_;
  DeviceChannel channel_;
  CaptureRecorder recorder_;
  CaptureDisplay display_;
  const CaptureOptions& options_;
  std::optional<Clock::time_point> deadline_;
  Clock::time_point saved_{};
  bool idle_ = false;     // everything that was emitted is copied
  bool changed_ = false;  // since positions and counters were last brought up to date for good
};

}  // namespace

int RunCapture(const CaptureOptions& options) {
  if (::access(options.device.c_str(), R_OK) != 0 && errno == EACCES) {
    throw DeniedTo(options.device);
  }
  CaptureSession session(options);
  try {
    session.Run();
  } catch (const std::system_error& error) {
    session.Summarise();
    fmt::print(stderr, "logctl: {}; what was captured until then can be replayed\n", error.what());
    return kExitFailure;
  }
  session.Summarise();
  if (!options.json) fmt::print("replay with: logctl replay {}\n", options.folder);
  return 0;
}

}  // namespace s390log
