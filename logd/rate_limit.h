// SPDX-License-Identifier: MIT
// How many events pass in a second: a bucket that fills with time.
//
// When it is empty, nothing passes until it holds what a second brings, so that events that are
// suppressed come in runs and can be told of in one line. Time is that at which the events
// happened: what passes does not depend on when it is looked at, or on how long a sink was down.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace s390log {

class RateLimit {
 public:
  // `burst` 0: as many as in a second. The bucket is full at first.
  RateLimit(uint32_t max_per_second, uint32_t burst)
      : price_ns_(kSecond / std::max(max_per_second, 1U)),
        full_ns_(price_ns_ * std::max(burst == 0 ? max_per_second : burst, 1U)),
        credit_ns_(full_ns_) {}

  // Whether one more may pass.
  bool Admit(uint64_t time_ns) {
    Refill(time_ns);
    if (holding_ && credit_ns_ < EnoughNs()) return false;
    holding_ = credit_ns_ < price_ns_;
    if (!holding_) credit_ns_ -= price_ns_;
    return !holding_;
  }

  // The time from which on events pass again; nothing if they do.
  std::optional<uint64_t> HoldsUntil() const {
    if (!holding_) return std::nullopt;
    return last_ns_ + (EnoughNs() - std::min(credit_ns_, EnoughNs()));
  }

 private:
  static constexpr uint64_t kSecond = 1'000'000'000;

  uint64_t EnoughNs() const { return std::min(full_ns_, std::max(kSecond, price_ns_)); }

  // Clocks of several CPUs, and one that is set back, bring nothing.
  void Refill(uint64_t time_ns) {
    if (time_ns <= last_ns_) return;
    const uint64_t elapsed = time_ns - last_ns_;
    credit_ns_ += std::min(elapsed, full_ns_ - credit_ns_);
    last_ns_ = time_ns;
  }

  uint64_t price_ns_;  // of one event
  uint64_t full_ns_;
  uint64_t credit_ns_;
  uint64_t last_ns_ = 0;
  bool holding_ = false;
};

}  // namespace s390log
