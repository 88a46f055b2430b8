// SPDX-License-Identifier: MIT
// Drives a sink as logd does: events are made as they come, and wait in a backlog of the usual
// length.
#pragma once

#include <cstdint>

#include "logd/sink.h"

namespace s390log {

class SinkFeeder {
 public:
  // `sink` outlives this.
  explicit SinkFeeder(Sink& sink);

  // Until it is up. Throws std::runtime_error after 60 s, as does Feed().
  void Connect();
  // Until it has taken so many mounts.
  void Feed(uint64_t count);

 private:
  void Wait() const;

  Sink& sink_;
  Backlog backlog_;
};

}  // namespace s390log
