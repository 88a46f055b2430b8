// SPDX-License-Identifier: MIT
// What logd opens, without a kernel of ours: a channel in memory, and kevents of its events. A
// thread of this process emits $BENCH_EVENTS mounts; it waits when the buffers fill up, so that
// none is dropped, as a kernel could not.
#pragma once

#include <atomic>
#include <string>
#include <thread>

#include "tests/host/fake_channel.h"
#include "tests/host/fake_notice_queue.h"

namespace s390log {

// In the place of DeviceChannel.
class HostChannel : public FakeChannel {
 public:
  explicit HostChannel(const std::string& path);

  uint32_t Events() const;
  void SetIdentifyVolumes(bool /*on*/) {}

  // The one that logd has made: its kevents are of it.
  static HostChannel& Made();
};

// In the place of KeventQueue.
class HostKevents : public FakeNoticeQueue {
 public:
  HostKevents(uint32_t events, uint32_t slots);
  ~HostKevents() override;

 private:
  void Emit(uint64_t count);

  HostChannel& channel_;
  std::atomic<bool> stop_{false};
  std::thread emitter_;
};

}  // namespace s390log
