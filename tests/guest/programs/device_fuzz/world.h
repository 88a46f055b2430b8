// SPDX-License-Identifier: MIT
// What the threads share, and what each has for itself.
#ifndef TESTS_GUEST_PROGRAMS_DEVICE_FUZZ_WORLD_H_
#define TESTS_GUEST_PROGRAMS_DEVICE_FUZZ_WORLD_H_

#include <linux/kevent.h>
#include <pthread.h>

#include <atomic>
#include <cstdint>
#include <vector>

#include "s390log/device_channel.h"
#include "s390log/position_area.h"
#include "tests/guest/programs/device_fuzz/arena.h"
#include "tests/guest/programs/device_fuzz/slots.h"
#include "tests/guest/programs/device_fuzz/tally.h"
#include "tests/guest/programs/device_fuzz/windows.h"

namespace s390log::test {

inline constexpr char kQueueDevice[] = "/dev/kevent";
inline constexpr char kLogDevice[] = "/dev/s390_log";

// Thread-safe.
struct World {
  Slots queues;
  Slots logs;
  Windows windows;
  // The channel as it is now: most arguments that name a number are near a true one.
  DeviceChannel channel{kLogDevice, DeviceChannel::Role::kObserver};
  PositionArea area{channel.Positions()};
  std::vector<pthread_t> threads;  // complete before the first call
};

struct Actor {
  Actor(World& all, std::byte* shared) : world(all), arena(shared, all.windows) {}

  World& world;
  Arena arena;
  Tally tally;
  int epoll = -1;
  std::atomic<uint64_t> calls{0};  // begun
  std::atomic<Call> now{Call::kCount};

  // Says what is about to be called, for who watches.
  void Begin(Call call) { now.store(call, std::memory_order_relaxed); }
};

// Slots for a ring: small ones, an odd one, and now and then the largest.
inline uint32_t RingSize(Draw& draw) {
  return draw.OneIn(50) ? KEVENT_MAX_RING : draw.Of({1u, 2u, 16u, 101u, 300u});
}

// One call each. All that they do is a function of `draw`, of the channel's words, and of what is
// in the slots.
void CallQueue(Draw& draw, Actor& actor);   // an ioctl of /dev/kevent
void CallLog(Draw& draw, Actor& actor);     // an ioctl of /dev/s390_log, or a write
void CallMemory(Draw& draw, Actor& actor);  // mmap and what can be done to a mapping
void CallFile(Draw& draw, Actor& actor);    // open, dup, close, poll, epoll
void CallSystem(Draw& draw, Actor& actor);  // events, signals, CPUs

}  // namespace s390log::test

#endif  // TESTS_GUEST_PROGRAMS_DEVICE_FUZZ_WORLD_H_
