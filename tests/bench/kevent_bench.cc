// SPDX-License-Identifier: MIT
//
// What kevent costs in this guest, in ns. Needs the module kevent_test_type.
//
// Each number is the median of several rounds. A round reads the clock twice, and never in between:
// on Hercules each reading moves the clock. Compare numbers of one run only.
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "s390log/kevent.h"

namespace {

constexpr int kRounds = 5;
constexpr uint32_t kTestType = 20;
constexpr uint32_t kEvent = 1;       // what the module fires
constexpr uint32_t kOtherEvent = 2;  // what it does not
constexpr timespec kNoWait{0, 0};

[[noreturn]] void Die(const std::string& what) {
  perror(what.c_str());
  std::exit(EXIT_FAILURE);
}

int64_t NowNs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

// Median ns of one of `count` operations, which `act` does.
double Measure(int count, const std::function<void()>& act) {
  std::vector<double> rounds;
  for (int i = 0; i < kRounds; ++i) {
    const int64_t start = NowNs();
    act();
    rounds.push_back(static_cast<double>(NowNs() - start) / count);
  }
  std::sort(rounds.begin(), rounds.end());
  return rounds[kRounds / 2];
}

void Print(const std::string& what, double ns) { fmt::print("{:<58} {:>10.0f} ns\n", what, ns); }

class Queue {
 public:
  explicit Queue(uint32_t ring) : fd_(kevent_init(nullptr, ring, 0)) {
    if (fd_ < 0) Die("kevent_init");
  }
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;
  ~Queue() { close(fd_); }

  int fd() const { return fd_; }

  std::vector<ukevent> Add(uint32_t type, uint32_t event, uint32_t flags, uint32_t count) const {
    std::vector<ukevent> requests(count);
    for (uint32_t i = 0; i < count; ++i) {
      requests[i].type = type;
      requests[i].id.raw[0] = i;
      requests[i].event = event;
      requests[i].req_flags = flags;
    }
    if (count > 0 && kevent_ctl(fd_, KEVENT_CTL_ADD, count, requests.data()) != 0) Die("ADD");
    return requests;
  }

 private:
  int fd_;
};

void Fire(int count) {
  const int fd = open("/sys/module/kevent_test_type/parameters/fire", O_WRONLY);
  const std::string text = std::to_string(count);
  if (fd < 0 || write(fd, text.data(), text.size()) < 0) Die("fire (is kevent_test_type loaded?)");
  close(fd);
}

void Notifications(int scale) {
  for (uint32_t requests : {0u, 1u, 10u, 1000u}) {
    const int count = scale * (requests >= 1000 ? 1 : 20);
    {
      const Queue queue(0);
      queue.Add(kTestType, kOtherEvent, KEVENT_REQ_ET, requests);
      Print(fmt::format("notification, {} requests for another event", requests),
            Measure(scale * 400, [&] { Fire(scale * 400); }));
    }
    const Queue queue(0);
    queue.Add(kTestType, kEvent, KEVENT_REQ_ET | KEVENT_REQ_WAKEUP_ALL, requests);
    Print(fmt::format("notification, {} matching requests, all busy", requests),
          Measure(count, [&] { Fire(count); }));
  }
}

void FullRing() {
  constexpr uint32_t kSlots = 1000;
  const Queue queue(kSlots);
  std::vector<ukevent> requests = queue.Add(KEVENT_UNOTIFY, 1, KEVENT_REQ_ET, kSlots);
  uint32_t over = 0;
  std::vector<double> rounds;
  for (int i = 0; i < kRounds; ++i) {
    if (kevent_ctl(queue.fd(), KEVENT_CTL_READY, kSlots, requests.data()) != kSlots) Die("READY");
    const int64_t start = NowNs();
    if (kevent_wait(queue.fd(), kSlots, 0, kNoWait, 0) != kSlots) Die("kevent_wait");
    if (kevent_commit(queue.fd(), 0, ++over) != kSlots) Die("kevent_commit");
    rounds.push_back(static_cast<double>(NowNs() - start) / kSlots);
  }
  std::sort(rounds.begin(), rounds.end());
  Print("wait and commit of a full ring of 1000, per event", rounds[kRounds / 2]);
}

void OneEvent(int count) {
  const Queue queue(16);
  std::vector<ukevent> requests = queue.Add(KEVENT_UNOTIFY, 1, KEVENT_REQ_ET, 1);
  Print("READY and get_events of one request", Measure(count, [&] {
          for (int i = 0; i < count; ++i) {
            ukevent event;
            if (kevent_ctl(queue.fd(), KEVENT_CTL_READY, 1, requests.data()) != 1) Die("READY");
            if (kevent_get_events(queue.fd(), 1, 1, kNoWait, &event, 0) != 1) Die("get_events");
          }
        }));
}

void Eventfd(int count) {
  const int fd = eventfd(0, EFD_CLOEXEC);
  Print("eventfd, write and read", Measure(count, [&] {
          for (int i = 0; i < count; ++i) {
            uint64_t value = 1;
            if (write(fd, &value, 8) != 8 || read(fd, &value, 8) != 8) Die("eventfd");
          }
        }));
  close(fd);
}

void Epoll(int count) {
  constexpr int kDescriptors = 1000;
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  std::vector<int> fds;
  for (int i = 0; i < kDescriptors; ++i) {
    fds.push_back(eventfd(0, EFD_CLOEXEC));
    epoll_event interest{};
    interest.events = EPOLLIN;
    interest.data.fd = fds.back();
    if (fds.back() < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, fds.back(), &interest) != 0) Die("epoll");
  }
  Print("epoll with 1000 eventfds: write, epoll_wait, read", Measure(count, [&] {
          for (int i = 0; i < count; ++i) {
            uint64_t value = 1;
            epoll_event event;
            if (write(fds[i % kDescriptors], &value, 8) != 8) Die("write");
            if (epoll_wait(epoll, &event, 1, 0) != 1) Die("epoll_wait");
            if (read(event.data.fd, &value, 8) != 8) Die("read");
          }
        }));
  for (int fd : fds) close(fd);
  close(epoll);
}

}  // namespace

int main(int argc, char** argv) {
  const int scale = argc > 1 ? std::atoi(argv[1]) : 100;
  Notifications(scale);
  FullRing();
  OneEvent(scale * 20);
  Eventfd(scale * 20);
  Epoll(scale * 20);
}
