// SPDX-License-Identifier: MIT
#include <linux/s390_log.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstring>

#include "tests/guest/programs/device_fuzz/world.h"

namespace s390log::test {

namespace {

// A number near a true one, or an edge.
uint64_t Near(Draw& draw, uint64_t truth) {
  return draw.OneIn(8) ? draw.Edge() : truth - 2 + draw.Below(4);
}

template <typename Arg>
void Ioctl(Draw& draw, Actor& actor, Call call, unsigned long command, const Arg& arg) {
  const int fd = actor.world.logs.Any(draw);
  void* at = actor.arena.Place(draw, &arg, sizeof(arg));
  actor.Begin(call);
  actor.tally.Note(call, ::ioctl(fd, command, at));
}

void Consumed(Draw& draw, Actor& actor) {
  s390_log_consumed arg{};
  const uint32_t cpus = actor.world.area.CpuCount();
  const uint32_t cpu = draw.Below(cpus);
  const uint64_t complete =
      actor.world.area.Counters(cpu).position / actor.world.channel.GetGeometry().subbuf_size;
  arg.cpu = draw.OneIn(20) ? static_cast<uint32_t>(draw.Edge()) : cpu;
  arg.consumed = Near(draw, complete + 1);
  arg.reserved = draw.OneIn(50) ? 1 : 0;
  Ioctl(draw, actor, Call::kConsumed, S390_LOG_IOC_CONSUMED, arg);
}

void Write(Draw& draw, Actor& actor) {
  std::array<char, 2048> text;
  text.fill('t');
  const size_t length = draw.OneIn(20) ? draw.Below(text.size() + 1) : draw.Below(100);
  const int fd = actor.world.logs.Any(draw);
  void* at = actor.arena.Place(draw, text.data(), length);
  actor.Begin(Call::kWrite);
  actor.tally.Note(Call::kWrite, ::write(fd, at, length), static_cast<long>(length));
}

}  // namespace

void CallLog(Draw& draw, Actor& actor) {
  const uint64_t sequence = actor.world.area.Sequence().Value();
  switch (draw.Below(16)) {
    case 0:
      return Ioctl(draw, actor, Call::kLogInfo, S390_LOG_IOC_INFO, s390_log_info{});
    case 1 ... 2:
      return Ioctl(draw, actor, Call::kConsumer, S390_LOG_IOC_CONSUMER, uint64_t{0});
    case 3 ... 5:
      return Consumed(draw, actor);
    case 6 ... 7:
      return Ioctl(draw, actor, Call::kSeen, S390_LOG_IOC_SEEN, Near(draw, sequence));
    case 8 ... 9:
      return Ioctl(draw, actor, Call::kTaken, S390_LOG_IOC_TAKEN, Near(draw, sequence));
    case 10:
      return Ioctl(draw, actor, Call::kThreshold, S390_LOG_IOC_THRESHOLD,
                   draw.OneIn(3) ? draw.Edge() : uint64_t{1} + draw.Below(100));
    case 11:
      return Ioctl(draw, actor, Call::kDemand, S390_LOG_IOC_DEMAND,
                   draw.OneIn(3) ? static_cast<uint32_t>(draw.Edge())
                                 : uint32_t{KEVENT_S390_ON_DEMAND} * draw.Below(2));
    case 12:
      actor.Begin(Call::kUnknown);
      return actor.tally.Note(Call::kUnknown, ::ioctl(actor.world.logs.Any(draw),
                                                      S390_LOG_IOC_SEEN ^ (1u << draw.Below(32)),
                                                      actor.arena.Good(8192)));
    case 13:
      // It waits until no writer follows the old mode, which takes its time.
      if (draw.OneIn(40)) {
        return Ioctl(draw, actor, Call::kMode, S390_LOG_IOC_MODE,
                     draw.OneIn(5) ? static_cast<uint32_t>(draw.Edge()) : draw.Below(2));
      }
      [[fallthrough]];
    default:
      return Write(draw, actor);
  }
}

}  // namespace s390log::test
