// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>

#include "tests/guest/programs/device_fuzz/world.h"

namespace s390log::test {

namespace {

int AnyOf(Draw& draw, const World& world) {
  return draw.OneIn(2) ? world.queues.Any(draw) : world.logs.Any(draw);
}

void Open(Draw& draw, Actor& actor, bool queue) {
  const Call call = queue ? Call::kOpenQueue : Call::kOpenLog;
  const int flags = draw.Of({O_RDWR, O_RDWR, O_RDWR, O_RDONLY, O_WRONLY}) | O_CLOEXEC |
                    (draw.OneIn(2) ? O_NONBLOCK : 0);
  actor.Begin(call);
  const int fd = ::open(queue ? kQueueDevice : kLogDevice, flags);
  actor.tally.Note(call, fd < 0 ? -1 : 0);
  if (fd >= 0) (queue ? actor.world.queues : actor.world.logs).Put(draw, fd);
}

// The same open file in two slots, or none in one.
void DupOrClose(Draw& draw, Actor& actor, bool queue) {
  Slots& slots = queue ? actor.world.queues : actor.world.logs;
  if (draw.OneIn(3)) {
    actor.Begin(Call::kClose);
    slots.Put(draw, -1);
    return actor.tally.Note(Call::kClose, 0);
  }
  actor.Begin(Call::kDup);
  const int fd = ::fcntl(slots.Any(draw), F_DUPFD_CLOEXEC, 0);
  actor.tally.Note(Call::kDup, fd < 0 ? -1 : 0);
  if (fd >= 0) slots.Put(draw, fd);
}

void Poll(Draw& draw, Actor& actor) {
  std::array<pollfd, 6> fds{};
  for (pollfd& entry : fds) {
    entry.fd = AnyOf(draw, actor.world);
    entry.events = static_cast<short>(draw.OneIn(4) ? draw.Edge() : POLLIN);
  }
  const int timeout = draw.OneIn(1000) ? -1 : draw.OneIn(10) ? 1 : 0;
  actor.Begin(Call::kPoll);
  actor.tally.Note(Call::kPoll, ::poll(fds.data(), fds.size(), timeout), fds.size());
}

void Epoll(Draw& draw, Actor& actor) {
  std::array<epoll_event, 8> events{};
  if (draw.OneIn(2)) {
    actor.Begin(Call::kEpoll);
    return actor.tally.Note(Call::kEpoll,
                            ::epoll_wait(actor.epoll, events.data(), events.size(), 0),
                            static_cast<long>(events.size()));
  }
  const int operation = draw.Of({EPOLL_CTL_ADD, EPOLL_CTL_ADD, EPOLL_CTL_MOD, EPOLL_CTL_DEL});
  events[0].events = draw.Of({uint32_t{EPOLLIN}, uint32_t{EPOLLIN} | EPOLLET,
                              uint32_t{EPOLLIN} | EPOLLONESHOT, uint32_t{EPOLLOUT}});
  const int fd = AnyOf(draw, actor.world);
  actor.Begin(Call::kEpoll);
  actor.tally.Note(Call::kEpoll, ::epoll_ctl(actor.epoll, operation, fd, events.data()));
}

}  // namespace

void CallFile(Draw& draw, Actor& actor) {
  const bool queue = draw.OneIn(2);
  switch (draw.Below(8)) {
    case 0 ... 1:
      return Open(draw, actor, queue);
    case 2 ... 3:
      return DupOrClose(draw, actor, queue);
    case 4 ... 5:
      return Poll(draw, actor);
    default:
      return Epoll(draw, actor);
  }
}

}  // namespace s390log::test
