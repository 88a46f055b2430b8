// SPDX-License-Identifier: MIT
#include "tests/bench/peers/sink_feeder.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <stdexcept>

#include "tests/bench/peers/mounts.h"
#include "tests/host/fake_channel.h"

namespace s390log {
namespace {

constexpr std::chrono::seconds kLimit{60};
constexpr std::chrono::milliseconds kLongest{1000};

}  // namespace

SinkFeeder::SinkFeeder(Sink& sink)
    : sink_(sink), backlog_(Backlog::kDefaultMax, TestBootId().ToString(), 0, nullptr) {}

void SinkFeeder::Wait() const {
  const auto wait = sink_.GetWait(backlog_);
  auto left = kLongest;
  if (wait.deadline && *wait.deadline <= Clock::now()) {
    left = left.zero();
  } else if (wait.deadline) {
    left =
        std::min(left, std::chrono::ceil<std::chrono::milliseconds>(*wait.deadline - Clock::now()));
  }
  pollfd ready{wait.fd, wait.events, 0};
  ::poll(&ready, wait.fd >= 0 ? 1 : 0, static_cast<int>(left.count()));
}

void SinkFeeder::Connect() {
  const auto deadline = Clock::now() + kLimit;
  while (true) {
    sink_.Follow(backlog_, Clock::now());
    if (sink_.Up()) return;
    if (Clock::now() >= deadline) {
      throw std::runtime_error("waited 60 s for the sink: " + sink_.Report().reason);
    }
    Wait();
  }
}

void SinkFeeder::Feed(uint64_t count) {
  uint64_t made = 0;
  const auto deadline = Clock::now() + kLimit;
  while (sink_.Taken() < count) {
    for (; made < count && backlog_.Room() > 0; ++made) backlog_.Append(Mount(kFirstMount + made));
    sink_.Follow(backlog_, Clock::now());
    backlog_.TrimTo(sink_.Taken());
    if (Clock::now() >= deadline) {
      throw std::runtime_error(fmt::format("waited 60 s for the sink, which has taken {} of {}: {}",
                                           sink_.Taken(), count, sink_.Report().reason));
    }
    if (sink_.Taken() < count) Wait();
  }
}

}  // namespace s390log
