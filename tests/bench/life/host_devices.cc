// SPDX-License-Identifier: MIT
#include "tests/bench/life/host_devices.h"

#include <fmt/format.h>
#include <linux/s390_log.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>

namespace s390log {
namespace {

// As s390_log's defaults: 1 MiB for a CPU.
constexpr uint32_t kSubbufSize = 65536;
constexpr uint32_t kSubbufs = 16;
// The buffers of so many mounts are never full.
constexpr uint64_t kOnTheirWay = 8000;
constexpr useconds_t kPauseUs = 200;

HostChannel* made = nullptr;

FakeChannel::Content Loaded() {
  s390_log_tape tape{};
  tape.cu_type = tape.dev_type = 0x3490;
  tape.cu_model = 0x10;
  tape.dev_model = 0x40;
  tape.origin = S390_LOG_ORIGIN_END;
  tape.flags = S390_LOG_TAPE_SENSED;
  FakeChannel::Content content;
  content.event = KEVENT_S390_TAPE_LOADED;
  content.device = S390_LOG_DEVICE(0, 0, 0x0580);
  content.payload.resize(sizeof(tape));
  std::memcpy(content.payload.data(), &tape, sizeof(tape));
  return content;
}

}  // namespace

HostChannel::HostChannel(const std::string& /*path*/) : FakeChannel(1, kSubbufSize, kSubbufs) {
  SetForgetful();
  made = this;
}

uint32_t HostChannel::Events() const { return KEVENT_S390_TAPE_LOADED; }

HostChannel& HostChannel::Made() { return *made; }

HostKevents::HostKevents(uint32_t /*events*/, uint32_t slots)
    : FakeNoticeQueue(slots), channel_(HostChannel::Made()) {
  channel_.SetNotify([this](uint32_t event, SequenceNumber number) { Post(event, number); });
  const char* count = ::getenv("BENCH_EVENTS");
  if (count != nullptr) emitter_ = std::thread([this, count] { Emit(std::stoull(count)); });
}

HostKevents::~HostKevents() {
  stop_ = true;
  if (emitter_.joinable()) emitter_.join();
}

void HostKevents::Emit(uint64_t count) {
  const FakeChannel::Content loaded = Loaded();
  for (uint64_t number = 1; number <= count && !stop_; ++number) {
    while (number - channel_.Taken().Value() > kOnTheirWay && !stop_) ::usleep(kPauseUs);
    if (!stop_) channel_.Emit(0, loaded);
  }
}

}  // namespace s390log
