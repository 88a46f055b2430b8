// SPDX-License-Identifier: MIT
#include "tests/guest/programs/device_fuzz/sane_round.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/s390_log.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "s390log/device_channel.h"
#include "s390log/kevent.h"
#include "s390log/position_area.h"
#include "s390log/unique_fd.h"
#include "tests/guest/programs/device_fuzz/world.h"

namespace s390log::test {

namespace {

constexpr uint32_t kSlots = 4;
constexpr timespec kSecond{1, 0};

void Expect(bool good, const std::string& what) {
  if (!good) throw std::runtime_error(fmt::format("{} (errno {})", what, std::strerror(errno)));
}

ukevent Request(uint32_t type, uint32_t event) {
  ukevent request{};
  request.type = type;
  request.event = event;
  request.req_flags = KEVENT_REQ_ET;
  return request;
}

// One event, through the array and the ring.
ukevent Fetch(int queue, const kevent_ring* ring, const std::string& what) {
  ukevent event{};
  const uint32_t head = ring->ring_head;
  Expect(kevent_get_events(queue, 1, 1, kSecond, &event, 0) == 1, "no event of " + what);
  Expect(ring->ring_head == head + 1, what + " is not in the ring");
  Expect(kevent_commit(queue, ring->ring_kidx, (head + 1) / kSlots) == 1,
         what + " cannot be committed");
  return event;
}

void CheckText(int queue, const kevent_ring* ring) {
  const UniqueFd log(::open(kLogDevice, O_RDWR | O_CLOEXEC));
  Expect(static_cast<bool>(log), "s390_log cannot be opened");
  Expect(::ioctl(log.Get(), S390_LOG_IOC_CONSUMER) == 0, "nobody can become the consumer");
  const uint32_t mode = S390_LOG_OVERWRITE;
  Expect(::ioctl(log.Get(), S390_LOG_IOC_MODE, &mode) == 0, "the mode cannot be set");
  ukevent request = Request(KEVENT_S390_LOG, KEVENT_S390_TEXT);
  Expect(kevent_ctl(queue, KEVENT_CTL_ADD, 1, &request) == 0, "a request of s390_log is refused");

  DeviceChannel channel(kLogDevice, DeviceChannel::Role::kObserver);
  const PositionArea area(channel.Positions());
  const uint64_t before = area.Sequence().Value();
  Expect(::write(log.Get(), "sane", 4) == 4, "a text cannot be written");
  Expect(area.Sequence().Value() == before + 1, "the text has not taken the next number");
  const ukevent event = Fetch(queue, ring, "s390_log");
  const uint64_t told = static_cast<uint64_t>(event.ret_data[0]) << 32 | event.ret_data[1];
  Expect(told == before + 1, "the event has another number than its record");
  Expect(::ioctl(log.Get(), S390_LOG_IOC_TAKEN, &told) == 0, "the number cannot be taken");
}

}  // namespace

void CheckThatDevicesWork() {
  const UniqueFd queue(kevent_init(nullptr, kSlots, 0));
  Expect(static_cast<bool>(queue), "a queue cannot be made");
  const kevent_ring* ring = kevent_ring_map(queue.Get(), kSlots);
  Expect(ring != nullptr, "the ring cannot be mapped");
  ukevent request = Request(KEVENT_UNOTIFY, 1);
  Expect(kevent_ctl(queue.Get(), KEVENT_CTL_ADD, 1, &request) == 0, "a request is refused");
  Expect(kevent_ctl(queue.Get(), KEVENT_CTL_READY, 1, &request) == 1, "it cannot be made ready");
  Fetch(queue.Get(), ring, "kevent");
  CheckText(queue.Get(), ring);
  kevent_ring_unmap(ring);
}

long UsersOf(const std::string& module) {
  std::ifstream modules("/proc/modules");
  std::string line;
  while (std::getline(modules, line)) {
    std::istringstream words(line);
    std::string name;
    long size = 0;
    long users = 0;
    if (words >> name >> size >> users && name == module) return users;
  }
  throw std::runtime_error("the module " + module + " is not loaded");
}

}  // namespace s390log::test
