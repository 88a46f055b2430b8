// SPDX-License-Identifier: MIT
// A sink in memory that can be down. SetUp() may be called from another thread.
#pragma once

#include <atomic>
#include <vector>

#include "logd/sink.h"

namespace s390log {

class FakeSink : public Sink {
 public:
  void SetUp(bool up) { up_ = up; }
  // First numbers of what was taken.
  const std::vector<uint64_t>& Received() const { return received_; }

  void StartAt(uint64_t index) override { start_ = taken_ = index; }
  void Follow(const Backlog& backlog, Clock::time_point now) override {
    retry_ = now + std::chrono::milliseconds(1);
    for (; up_ && taken_ < backlog.End(); ++taken_) {
      const auto entry = backlog.Find(taken_);
      if (entry) received_.push_back(entry->event.first.Value());
      if (!entry) ++expired_;
    }
  }
  uint64_t Taken() const override { return taken_; }
  bool Flushed() const override { return true; }
  bool Up() const override { return up_; }
  Wait GetWait(const Backlog& backlog) const override {
    if (up_ || taken_ == backlog.End()) return {};
    return {-1, 0, retry_};
  }
  SinkReport Report() const override {
    return {"fake", up_, up_ ? "" : "told so", taken_ - start_, 0, expired_};
  }

 private:
  std::atomic<bool> up_ = true;
  uint64_t start_ = 0;
  uint64_t taken_ = 0;
  uint64_t expired_ = 0;
  Clock::time_point retry_;
  std::vector<uint64_t> received_;
};

}  // namespace s390log
