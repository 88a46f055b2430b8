// SPDX-License-Identifier: MIT
#include "s390log/kevent_queue.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace s390log {
namespace {

[[noreturn]] void Throw(int error, const std::string& what) {
  throw std::system_error(error, std::system_category(), what);
}

UniqueFd Open(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (fd) return fd;
  if (errno == ENOENT || errno == ENODEV || errno == ENXIO) {
    throw std::runtime_error(
        fmt::format("{} is not there: load the module kevent (modprobe kevent)", path));
  }
  Throw(errno, "cannot open " + path);
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

KeventQueue::KeventQueue(const std::string& path, uint32_t events, uint32_t slots)
    : fd_(Open(path)) {
  CheckAbi();
  InitRing(static_cast<uint32_t>(std::popcount(events)) * slots);
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

// As many slots as requests, so that one wait takes everything that is ready.
void KeventQueue::InitRing(uint32_t requests) {
  ring_size_ = std::bit_ceil(requests);
  const kevent_init_arg argument{ring_size_, 0};
  if (::ioctl(fd_.Get(), KEVENT_IOC_INIT, &argument) < 0) Throw(errno, "kevent gives no ring");
  const size_t page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  const size_t length = (KEVENT_RING_BYTES(ring_size_) + page - 1) / page * page;
  ring_ = Mapping::Map(fd_.Get(), 0, length, "cannot map the ring of kevent");
  if (!ring_) throw std::runtime_error("kevent has no ring to map");
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
    kevent_ctl_arg argument{};
    argument.cmd = KEVENT_CTL_ADD;
    argument.num = static_cast<uint32_t>(count);
    argument.events = reinterpret_cast<uintptr_t>(&requests[begin]);
    const int at_once = ::ioctl(fd_.Get(), KEVENT_IOC_CTL, &argument);
    if (at_once < 0) Throw(errno, "cannot subscribe to s390_log's events");
    for (int i = 0; i < at_once; ++i) {
      const ukevent& refused = requests[begin + static_cast<size_t>(i)];
      if ((refused.ret_flags & KEVENT_RET_BROKEN) == 0) continue;
      Throw(static_cast<int>(refused.ret_data[1]),
            fmt::format("kevent refuses to tell of event {:#010x}", refused.event));
    }
  }
}

uint32_t KeventQueue::Wait(uint32_t num) {
  kevent_wait_arg argument{};
  argument.num = num;
  argument.old_uidx = KEVENT_NO_INDEX;
  argument.timeout_ns = 0;
  int moved;
  do {
    moved = ::ioctl(fd_.Get(), KEVENT_IOC_WAIT, &argument);
  } while (moved < 0 && errno == EINTR);
  if (moved < 0) Throw(errno, "cannot fetch kevents");
  return static_cast<uint32_t>(moved);
}

ukevent KeventQueue::Entry(uint32_t index) const {
  ukevent event;
  const size_t at = sizeof(kevent_ring) + size_t{index} * sizeof(ukevent);
  std::memcpy(&event, ring_->Bytes().data() + at, sizeof(event));
  return event;
}

size_t KeventQueue::Drain(Matcher& matcher) {
  const uint32_t room = static_cast<uint32_t>(std::min<size_t>(matcher.Room(), ring_size_));
  if (room == 0) return 0;
  Wait(room);
  // The kernel writes a slot before it moves ring_head.
  const std::byte* head_word = ring_->Bytes().data() + offsetof(kevent_ring, ring_head);
  const uint32_t head =
      __atomic_load_n(reinterpret_cast<const uint32_t*>(head_word), __ATOMIC_ACQUIRE);
  const uint32_t count = head - tail_;
  for (uint32_t i = 0; i < count; ++i) {
    const ukevent event = Entry(uidx_);
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
  const kevent_commit_arg argument{uidx_, over_};
  if (::ioctl(fd_.Get(), KEVENT_IOC_COMMIT, &argument) < 0) Throw(errno, "cannot commit kevents");
}

NoticeCounts KeventQueue::Counts() const {
  kevent_stat stat{};
  stat.type = KEVENT_MAX;
  if (::ioctl(fd_.Get(), KEVENT_IOC_STAT, &stat) < 0) Throw(errno, "kevent gives no counts");
  return {stat.delivered, stat.coalesced};
}

}  // namespace s390log
