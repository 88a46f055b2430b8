// SPDX-License-Identifier: MIT
//
// A kevent queue for the tests: RAII, and short names for what they do all the time.
#ifndef TESTS_GUEST_PROGRAMS_QUEUE_H_
#define TESTS_GUEST_PROGRAMS_QUEUE_H_

#include <gtest/gtest.h>
#include <linux/kevent.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <vector>

#include "s390log/kevent.h"

namespace s390log::test {

inline constexpr timespec kNoWait{0, 0};
inline constexpr timespec kForever{-1, 0};

inline ukevent Request(uint32_t type, uint32_t label, uint32_t event, uint32_t flags) {
  ukevent request{};
  request.id.raw[0] = label;
  request.type = type;
  request.event = event;
  request.req_flags = flags;
  return request;
}

// An open queue with a ring. Thread safety: that of its descriptor.
class Queue {
 public:
  explicit Queue(uint32_t ring_size = 16) : fd_(kevent_init(nullptr, ring_size, 0)) {
    EXPECT_GE(fd_, 0) << "errno " << errno;
    if (ring_size > 0) ring_ = kevent_ring_map(fd_, ring_size);
  }
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;
  ~Queue() {
    if (ring_ != nullptr) kevent_ring_unmap(ring_);
    close(fd_);
  }

  int fd() const { return fd_; }
  const kevent_ring& ring() const { return *ring_; }

  // Returns what kevent_ctl() returns.
  int Ctl(uint32_t command, ukevent& entry) const { return kevent_ctl(fd_, command, 1, &entry); }

  int Add(uint32_t type, uint32_t label, uint32_t event, uint32_t flags = KEVENT_REQ_ET) const {
    ukevent request = Request(type, label, event, flags);
    const int rc = Ctl(KEVENT_CTL_ADD, request);
    return rc == 1 ? -static_cast<int>(request.ret_data[1]) : rc;
  }

  // Makes a KEVENT_UNOTIFY request ready; returns how many became so.
  int Ready(uint32_t label) const {
    ukevent entry = Request(KEVENT_UNOTIFY, label, 1, 0);
    return Ctl(KEVENT_CTL_READY, entry);
  }

  // All that is ready now, without waiting.
  std::vector<ukevent> Fetch() const {
    std::vector<ukevent> events(64);
    const int got = kevent_get_events(fd_, 0, 64, kNoWait, events.data(), 0);
    EXPECT_GE(got, 0) << "errno " << errno;
    events.resize(got > 0 ? got : 0);
    return events;
  }

  std::vector<uint32_t> FetchLabels() const {
    std::vector<uint32_t> labels;
    for (const ukevent& event : Fetch()) labels.push_back(event.id.raw[0]);
    return labels;
  }

  kevent_stat Stat(uint32_t type = KEVENT_MAX, uint32_t label = 0) const {
    kevent_stat stat{};
    stat.type = type;
    stat.id.raw[0] = label;
    EXPECT_EQ(0, ioctl(fd_, KEVENT_IOC_STAT, &stat)) << "errno " << errno;
    return stat;
  }

  bool Readable() const {
    pollfd poll_fd{fd_, POLLIN, 0};
    return poll(&poll_fd, 1, 0) == 1;
  }

 private:
  int fd_;
  const kevent_ring* ring_ = nullptr;
};

// Calls an ioctl that must fail, and returns its errno.
template <typename Arg>
int Refused(const Queue& queue, unsigned long command, Arg arg) {
  errno = 0;
  EXPECT_EQ(-1, ioctl(queue.fd(), command, &arg));
  return errno;
}

}  // namespace s390log::test

#endif  // TESTS_GUEST_PROGRAMS_QUEUE_H_
