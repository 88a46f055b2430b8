// SPDX-License-Identifier: MIT
#include "s390log/kevent_queue.h"

#include <fmt/format.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace s390log {
namespace {

[[noreturn]] void Throw(int error, const std::string& what) {
  throw std::system_error(error, std::system_category(), what);
}

UniqueFd Open(uint32_t ring_size) {
  UniqueFd fd(kevent_init(nullptr, ring_size, 0));
  if (fd) return fd;
  if (errno == ENOENT || errno == ENODEV || errno == ENXIO) {
    throw std::runtime_error("/dev/kevent is not there: load the module kevent (modprobe kevent)");
  }
  Throw(errno, "cannot open /dev/kevent");
}

ukevent Request(uint32_t event, uint32_t slot) {
  ukevent request{};
  request.type = KEVENT_S390_LOG;
  // A label of its own within the queue: the bit's number and the slot.
  request.id.raw[0] = static_cast<uint32_t>(std::countr_zero(event)) << 16 | slot;
  request.id.raw[1] = 0;  // any device
  request.event = event;
  request.req_flags = KEVENT_REQ_ET;
  return request;
}

SequenceNumber SequenceOf(const ukevent& event) {
  return SequenceNumber(uint64_t{event.ret_data[0]} << 32 | event.ret_data[1]);
}

}  // namespace

KeventQueue::KeventQueue(uint32_t events, uint32_t slots)
    : ring_size_(std::bit_ceil(static_cast<uint32_t>(std::popcount(events)) * slots)),
      fd_(Open(ring_size_)),
      ring_(kevent_ring_map(fd_.Get(), ring_size_)) {
  if (!ring_) Throw(errno, "cannot map the ring of kevent");
  CheckAbi();
  Subscribe(events, slots);
}

void KeventQueue::CheckAbi() const {
  kevent_info info{};
  if (::ioctl(fd_.Get(), KEVENT_IOC_INFO, &info) < 0)
    Throw(errno, "kevent does not tell its version");
  if (info.abi_version != KEVENT_ABI_VERSION || info.ukevent_size != sizeof(ukevent) ||
      info.ring_header_size != sizeof(kevent_ring)) {
    throw std::runtime_error(
        "kevent speaks another version of its interface than this program: "
        "install modules and programs of one release");
  }
  if ((info.types >> KEVENT_S390_LOG & 1) == 0) {
    throw std::runtime_error("kevent does not know s390_log: load the module s390_log");
  }
}

void KeventQueue::Subscribe(uint32_t events, uint32_t slots) {
  std::vector<ukevent> requests;
  for (uint32_t bit = 0; bit < 32; ++bit) {
    const uint32_t event = events & uint32_t{1} << bit;
    for (uint32_t slot = 0; event != 0 && slot < slots; ++slot) {
      requests.push_back(Request(event, slot));
    }
  }
  for (size_t begin = 0; begin < requests.size(); begin += KEVENT_MAX_CTL) {
    const size_t count = std::min<size_t>(KEVENT_MAX_CTL, requests.size() - begin);
    const int at_once =
        kevent_ctl(fd_.Get(), KEVENT_CTL_ADD, static_cast<unsigned>(count), &requests[begin]);
    if (at_once < 0) Throw(errno, "cannot subscribe to s390_log's events");
    for (int i = 0; i < at_once; ++i) {
      const ukevent& refused = requests[begin + static_cast<size_t>(i)];
      if ((refused.ret_flags & KEVENT_RET_BROKEN) == 0) continue;
      Throw(static_cast<int>(refused.ret_data[1]),
            fmt::format("kevent refuses to tell of event {:#010x}", refused.event));
    }
  }
}

void KeventQueue::Wait(uint32_t num) {
  constexpr timespec kNotAtAll{0, 0};
  int moved;
  do {
    moved = kevent_wait(fd_.Get(), num, KEVENT_NO_INDEX, kNotAtAll, 0);
  } while (moved < 0 && errno == EINTR);
  if (moved < 0) Throw(errno, "cannot fetch kevents");
}

size_t KeventQueue::Drain(Matcher& matcher) {
  const uint32_t room = static_cast<uint32_t>(std::min<size_t>(matcher.Room(), ring_size_));
  if (room == 0) return 0;
  Wait(room);
  // The kernel writes a slot before it moves ring_head.
  const uint32_t head = __atomic_load_n(&ring_->ring_head, __ATOMIC_ACQUIRE);
  const uint32_t count = head - tail_;
  for (uint32_t i = 0; i < count; ++i) {
    const ukevent& event = ring_->event[uidx_];
    if ((event.ret_flags & KEVENT_RET_BROKEN) != 0) {
      Throw(static_cast<int>(event.ret_data[1]), "kevent has dropped a request for s390_log");
    }
    matcher.Note({SequenceOf(event), event.event});
    if (++uidx_ == ring_size_) {
      uidx_ = 0;
      ++over_;
    }
  }
  tail_ = head;
  if (count > 0) Commit();
  return count;
}

void KeventQueue::Commit() {
  if (kevent_commit(fd_.Get(), uidx_, over_) < 0) Throw(errno, "cannot commit kevents");
}

NoticeCounts KeventQueue::Counts() const {
  kevent_stat stat{};
  stat.type = KEVENT_MAX;
  if (::ioctl(fd_.Get(), KEVENT_IOC_STAT, &stat) < 0) Throw(errno, "kevent gives no counts");
  return {stat.delivered, stat.coalesced};
}

}  // namespace s390log
