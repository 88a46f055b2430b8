// SPDX-License-Identifier: MIT
#include <linux/kevent.h>
#include <linux/s390_log.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "tests/guest/programs/device_fuzz/world.h"

namespace s390log::test {

namespace {

// Rarely for ever: the watch has to end those.
int64_t Timeout(Draw& draw) {
  if (draw.OneIn(400)) return draw.OneIn(2) ? -1 : static_cast<int64_t>(draw.Edge());
  return draw.OneIn(4) ? draw.Below(500'000) : draw.OneIn(50) ? 2'000'000 : 0;
}

// With KEVENT_FLAGS_ABSTIME most timeouts are in the past, and one in the far future is for ever.
uint32_t Flags(Draw& draw) {
  return draw.OneIn(100) ? static_cast<uint32_t>(draw.Edge()) : draw.OneIn(20) ? 1 : 0;
}

uint32_t Reserved(Draw& draw) { return draw.OneIn(200) ? static_cast<uint32_t>(draw.Edge()) : 0; }

kevent_id Id(Draw& draw) {
  kevent_id id{};
  id.raw[0] = draw.OneIn(20) ? static_cast<uint32_t>(draw.Edge()) : draw.Below(12);
  if (draw.OneIn(4)) id.raw[1] = S390_LOG_DEVICE(0, 0, 0x580 + draw.Below(3));
  if (draw.OneIn(50)) id.raw[1] = static_cast<uint32_t>(draw.Edge());
  return id;
}

uint32_t Type(Draw& draw) {
  if (!draw.OneIn(20)) return draw.OneIn(2) ? KEVENT_UNOTIFY : KEVENT_S390_LOG;
  return draw.Of({0u, 8u, 20u, 31u, uint32_t{KEVENT_MAX}, ~0u});
}

ukevent Request(Draw& draw) {
  ukevent request{};
  request.id = Id(draw);
  request.type = Type(draw);
  request.event =
      draw.OneIn(8)
          ? static_cast<uint32_t>(draw.Edge())
          : draw.Of({1u, KEVENT_S390_TEXT, uint32_t{KEVENT_S390_ALL}, uint32_t{KEVENT_S390_CRW}});
  request.req_flags =
      draw.OneIn(50) ? static_cast<uint32_t>(draw.Edge()) : draw.Below(KEVENT_REQ_ALL + 1);
  request.ret_flags = draw.Below(8);
  request.user[0] = draw.Below(1000);
  return request;
}

// Long arrays take a third of the time even if they are as rare as that.
uint32_t Count(Draw& draw) {
  if (!draw.OneIn(400)) return 1 + draw.Below(4);
  return draw.Of({0u, 64u, uint32_t{KEVENT_MAX_CTL}, KEVENT_MAX_CTL + 1u, ~0u});
}

void Ctl(Draw& draw, Actor& actor, int fd, uint32_t command) {
  static constexpr Call kCalls[] = {Call::kAdd, Call::kRemove, Call::kModify, Call::kReady};
  std::array<ukevent, KEVENT_MAX_CTL> entries;
  kevent_ctl_arg arg{};
  arg.cmd = draw.OneIn(100) ? static_cast<uint32_t>(draw.Edge()) : command;
  arg.num = Count(draw);
  const uint32_t filled = std::min<uint32_t>(arg.num, KEVENT_MAX_CTL);
  for (uint32_t i = 0; i < filled; ++i) entries[i] = Request(draw);
  // What is in the argument's page is not disturbed by the array, which lies behind.
  std::byte* array =
      static_cast<std::byte*>(actor.arena.Place(draw, entries.data(), filled * sizeof(ukevent)));
  arg.events = reinterpret_cast<uint64_t>(array);
  void* at = draw.OneIn(8) ? actor.arena.Place(draw, &arg, sizeof(arg)) : &arg;
  actor.Begin(kCalls[command]);
  actor.tally.Note(kCalls[command], ::ioctl(fd, KEVENT_IOC_CTL, at), KEVENT_MAX_CTL);
}

void Wait(Draw& draw, Actor& actor, int fd) {
  kevent_wait_arg arg{};
  arg.num = Count(draw);
  arg.old_uidx = draw.OneIn(4) ? draw.Below(8) : KEVENT_NO_INDEX;
  arg.timeout_ns = Timeout(draw);
  arg.flags = Flags(draw);
  arg.reserved = Reserved(draw);
  void* at = actor.arena.Place(draw, &arg, sizeof(arg));
  actor.Begin(Call::kWait);
  actor.tally.Note(Call::kWait, ::ioctl(fd, KEVENT_IOC_WAIT, at), KEVENT_MAX_RING);
}

void GetEvents(Draw& draw, Actor& actor, int fd) {
  const std::array<ukevent, 64> room{};
  kevent_get_arg arg{};
  arg.max_nr = draw.OneIn(50) ? static_cast<uint32_t>(draw.Edge()) : 1 + draw.Below(room.size());
  arg.min_nr = draw.OneIn(4) ? draw.Below(4) : 0;
  arg.timeout_ns = Timeout(draw);
  arg.events = reinterpret_cast<uint64_t>(actor.arena.Place(draw, room.data(), sizeof(room)));
  arg.flags = Flags(draw);
  arg.reserved = Reserved(draw);
  actor.Begin(Call::kGetEvents);
  actor.tally.Note(Call::kGetEvents, ::ioctl(fd, KEVENT_IOC_GET_EVENTS, &arg),
                   std::min<uint32_t>(arg.max_nr, KEVENT_MAX_REQUESTS));
}

void Init(Draw& draw, Actor& actor, int fd) {
  kevent_init_arg arg{};
  arg.ring_size = draw.OneIn(10) ? static_cast<uint32_t>(draw.Edge()) : RingSize(draw);
  arg.flags = Reserved(draw);
  void* at = actor.arena.Place(draw, &arg, sizeof(arg));
  actor.Begin(Call::kInit);
  actor.tally.Note(Call::kInit, ::ioctl(fd, KEVENT_IOC_INIT, at));
}

void Commit(Draw& draw, Actor& actor, int fd) {
  kevent_commit_arg arg{};
  arg.new_uidx = draw.OneIn(10) ? static_cast<uint32_t>(draw.Edge()) : draw.Below(20);
  arg.over = draw.OneIn(10) ? static_cast<uint32_t>(draw.Edge()) : draw.Below(4);
  void* at = actor.arena.Place(draw, &arg, sizeof(arg));
  actor.Begin(Call::kCommit);
  actor.tally.Note(Call::kCommit, ::ioctl(fd, KEVENT_IOC_COMMIT, at), KEVENT_MAX_RING);
}

void Stat(Draw& draw, Actor& actor, int fd) {
  kevent_stat stat{};
  stat.id = Id(draw);
  stat.type = draw.OneIn(3) ? KEVENT_MAX : Type(draw);
  stat.reserved = Reserved(draw);
  void* at = actor.arena.Place(draw, &stat, sizeof(stat));
  actor.Begin(Call::kStat);
  actor.tally.Note(Call::kStat, ::ioctl(fd, KEVENT_IOC_STAT, at));
}

}  // namespace

void CallQueue(Draw& draw, Actor& actor) {
  const int fd = actor.world.queues.Any(draw);
  const kevent_info info{};
  switch (draw.Below(32)) {
    case 0:
      return Init(draw, actor, fd);
    case 1:
      actor.Begin(Call::kInfo);
      return actor.tally.Note(
          Call::kInfo, ::ioctl(fd, KEVENT_IOC_INFO, actor.arena.Place(draw, &info, sizeof(info))));
    case 2:
      // Any number, size and direction; what happens to be a real one counts as unknown as well.
      actor.Begin(Call::kUnknown);
      return actor.tally.Note(
          Call::kUnknown,
          ::ioctl(fd, KEVENT_IOC_CTL ^ (1u << draw.Below(32)), actor.arena.Good(4096)),
          KEVENT_MAX_RING);
    case 3 ... 9:
      return Ctl(draw, actor, fd, KEVENT_CTL_ADD);
    case 10 ... 12:
      return Ctl(draw, actor, fd, KEVENT_CTL_REMOVE);
    case 13 ... 14:
      return Ctl(draw, actor, fd, KEVENT_CTL_MODIFY);
    case 15 ... 19:
      return Ctl(draw, actor, fd, KEVENT_CTL_READY);
    case 20 ... 23:
      return Wait(draw, actor, fd);
    case 24 ... 27:
      return GetEvents(draw, actor, fd);
    case 28 ... 29:
      return Commit(draw, actor, fd);
    default:
      return Stat(draw, actor, fd);
  }
}

}  // namespace s390log::test
