// SPDX-License-Identifier: MIT
#include <linux/kevent.h>
#include <linux/s390_log.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

#include "tests/guest/programs/device_fuzz/world.h"

namespace s390log::test {

namespace {

struct Range {
  size_t begin;
  size_t size;
};

size_t Pages(size_t bytes) {
  static const size_t page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  return (bytes + page - 1) / page * page;
}

// A piece of a window: mostly its first pages.
Range Piece(Draw& draw) {
  const size_t begin = draw.OneIn(2) ? 0 : Pages(draw.Below(64 << 10));
  const size_t size = Pages(1 + draw.Below(draw.OneIn(30) ? Windows::kSize / 2 : 16 << 10));
  return {begin, std::min(size, Windows::kSize - begin)};
}

int Protection(Draw& draw) { return draw.OneIn(20) ? static_cast<int>(draw.Below(8)) : PROT_READ; }

void Map(Draw& draw, Actor& actor, int fd, size_t size, uint64_t offset) {
  if (draw.OneIn(20)) size = Pages(1 + draw.Below(1 << 20));
  if (draw.OneIn(20)) offset = Pages(draw.Edge() >> 16);
  size = std::clamp<size_t>(size, 1, Windows::kSize);
  const int flags =
      MAP_FIXED | (draw.OneIn(50) ? MAP_PRIVATE : MAP_SHARED) | (draw.OneIn(10) ? MAP_POPULATE : 0);
  const int protection = Protection(draw);
  void* at = actor.world.windows.Any(draw);
  actor.Begin(Call::kMap);
  const void* got = ::mmap(at, size, protection, flags, fd, static_cast<off_t>(offset));
  actor.tally.Note(Call::kMap, got == MAP_FAILED ? -1 : 0);
}

void MapQueue(Draw& draw, Actor& actor) {
  const size_t bytes = KEVENT_RING_BYTES(size_t{RingSize(draw)});
  Map(draw, actor, actor.world.queues.Any(draw), Pages(bytes), 0);
}

void MapLog(Draw& draw, Actor& actor) {
  const Geometry& geometry = actor.world.channel.GetGeometry();
  const int fd = actor.world.logs.Any(draw);
  if (draw.OneIn(3)) {
    return Map(draw, actor, fd, actor.world.channel.Positions().size(), S390_LOG_MMAP_POSITION);
  }
  Map(draw, actor, fd, size_t{geometry.subbuf_size} * geometry.n_subbufs,
      S390_LOG_MMAP_BUFFER(draw.Below(actor.world.area.CpuCount() + 1)));
}

}  // namespace

void CallMemory(Draw& draw, Actor& actor) {
  std::byte* window = actor.world.windows.Any(draw);
  const Range piece = Piece(draw);
  switch (draw.Below(8)) {
    case 0 ... 1:
      return MapQueue(draw, actor);
    case 2 ... 3:
      return MapLog(draw, actor);
    case 4:
      actor.Begin(Call::kUnmap);
      Windows::Clear(window + piece.begin, piece.size);
      return actor.tally.Note(Call::kUnmap, 0);
    case 5:
      // As if the program had read it all; a window that is not mapped is no reason to die.
      actor.Begin(Call::kPopulate);
      return actor.tally.Note(Call::kPopulate,
                              ::madvise(window + piece.begin, piece.size, MADV_POPULATE_READ));
    case 6:
      actor.Begin(Call::kProtect);
      return actor.tally.Note(Call::kProtect, ::mprotect(window + piece.begin, piece.size,
                                                         static_cast<int>(draw.Below(8))));
    default: {
      // Shrinks, splits or moves, never grows beyond the window.
      const size_t to = std::min(Pages(1 + draw.Below(1 << 16)), Windows::kSize);
      actor.Begin(Call::kMove);
      const void* got = ::mremap(window, std::max(to, piece.size), to,
                                 MREMAP_MAYMOVE | MREMAP_FIXED, actor.world.windows.Any(draw));
      // Nothing else may come to lie in the hole that is left.
      if (got != MAP_FAILED) Windows::Clear(window, std::max(to, piece.size));
      return actor.tally.Note(Call::kMove, got == MAP_FAILED ? -1 : 0);
    }
  }
}

}  // namespace s390log::test
