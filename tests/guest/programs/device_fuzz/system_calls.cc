// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <linux/s390_log.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>

#include "tests/guest/programs/device_fuzz/world.h"

namespace s390log::test {

namespace {

// Not through a stream: a child of fork() comes here, too, and must not wait for a lock of malloc.
void WriteTo(Actor& actor, Call call, const char* path, const char* text, int length) {
  actor.Begin(call);
  const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
  actor.tally.Note(call, fd < 0 ? -1 : ::write(fd, text, static_cast<size_t>(length)), length);
  if (fd >= 0) ::close(fd);
}

void Emit(Draw& draw, Actor& actor) {
  char text[80];
  switch (draw.Below(3)) {
    case 0: {
      const int length = std::snprintf(text, sizeof(text), "%u %u %u", 1 + draw.Below(4),
                                       1 + draw.Below(128), draw.Below(1000));
      return WriteTo(actor, Call::kEmit, "/sys/module/s390_log_source/parameters/flood", text,
                     length);
    }
    case 1: {
      // What a driver may emit: the kernel rightly warns of anything else.
      const uint32_t event =
          draw.Of({uint32_t{KEVENT_S390_CRW}, uint32_t{KEVENT_S390_TAPE_LOADED},
                   uint32_t{KEVENT_S390_TAPE_VOLUME}, uint32_t{KEVENT_S390_TEXT}});
      const int length = std::snprintf(text, sizeof(text), "%u", event);
      return WriteTo(actor, Call::kEmit, "/sys/module/s390_log_source/parameters/notify", text,
                     length);
    }
    default:
      return WriteTo(actor, Call::kEmit, "/sys/module/s390_log_source/parameters/printf", "printed",
                     7);
  }
}

void MoveToCpu(Draw& draw, Actor& actor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(draw.Below(actor.world.area.CpuCount()), &set);
  actor.Begin(Call::kCpu);
  actor.tally.Note(Call::kCpu, ::sched_setaffinity(0, sizeof(set), &set));
}

}  // namespace

void CallSystem(Draw& draw, Actor& actor) {
  switch (draw.Below(64)) {
    case 0:
      // CPU 1 goes, or comes back; where there is but one, nothing happens.
      if (draw.OneIn(20)) {
        return WriteTo(actor, Call::kCpu, "/sys/devices/system/cpu/cpu1/online",
                       draw.OneIn(2) ? "1" : "0", 1);
      }
      [[fallthrough]];
    case 1 ... 3:
      return MoveToCpu(draw, actor);
    case 4 ... 10: {
      const auto& threads = actor.world.threads;
      const pthread_t thread = threads[draw.Below(static_cast<uint32_t>(threads.size()))];
      actor.Begin(Call::kSignal);
      ::pthread_kill(thread, SIGUSR1);  // a child of fork() has no such thread
      return actor.tally.Note(Call::kSignal, 0);
    }
    default:
      return Emit(draw, actor);
  }
}

}  // namespace s390log::test
