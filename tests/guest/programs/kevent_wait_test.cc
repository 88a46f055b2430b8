// SPDX-License-Identifier: MIT
//
// /dev/kevent on the real kernel: waiting and polling, with several threads.
#include <sys/epoll.h>
#include <sys/mman.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include "tests/guest/programs/queue.h"

namespace s390log::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

TEST(KeventPoll, SeesReadyEventsAndUnreadRingEntries) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, 1, 1));
  EXPECT_FALSE(queue.Readable());
  queue.Ready(1);
  EXPECT_TRUE(queue.Readable());
  EXPECT_TRUE(queue.Readable()) << "poll has no side effect";
  ASSERT_EQ(1, kevent_wait(queue.fd(), 1, 0, kNoWait, 0));
  EXPECT_TRUE(queue.Readable()) << "in the ring, not committed";
  ASSERT_EQ(1, kevent_commit(queue.fd(), 1, 0));
  EXPECT_FALSE(queue.Readable());
}

TEST(KeventPoll, EpollHearsOfEachEvent) {
  Queue queue;
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  epoll_event interest{EPOLLIN | EPOLLET, {.u32 = 7}};
  ASSERT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_ADD, queue.fd(), &interest));
  ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, 1, 1));
  for (int i = 0; i < 3; ++i) {
    queue.Ready(1);
    epoll_event event{};
    ASSERT_EQ(1, epoll_wait(epoll, &event, 1, 0)) << i;
    EXPECT_EQ(7u, event.data.u32);
    EXPECT_EQ(1u, queue.Fetch().size());
  }
  close(epoll);
}

TEST(KeventWait, EndsWhenTheTimeIsOver) {
  Queue queue;
  const auto start = steady_clock::now();
  const timespec limit{0, 50'000'000};
  EXPECT_EQ(0, kevent_wait(queue.fd(), 1, 0, limit, 0));
  EXPECT_GE(steady_clock::now() - start, milliseconds(50));
}

TEST(KeventWait, AnInstantInThePastDoesNotWait) {
  Queue queue;
  EXPECT_EQ(0, kevent_wait(queue.fd(), 1, 0, timespec{1, 0}, KEVENT_FLAGS_ABSTIME));
}

TEST(KeventWait, HonoursMinNr) {
  Queue queue;
  for (uint32_t i = 0; i < 2; ++i) ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, i, 1));
  queue.Ready(0);
  std::thread second([&] {
    std::this_thread::sleep_for(milliseconds(100));
    queue.Ready(1);
  });
  ukevent events[2];
  EXPECT_EQ(2, kevent_get_events(queue.fd(), 2, 2, timespec{20, 0}, events, 0));
  second.join();
}

// Memory that was never touched, and events that lie across its pages.
TEST(KeventWait, EventsAreFetchedIntoFreshMemory) {
  constexpr uint32_t kEvents = 300;
  Queue queue;
  for (uint32_t i = 0; i < kEvents; ++i) {
    ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, i, 1));
    ASSERT_EQ(1, queue.Ready(i));
  }
  constexpr size_t kSize = 4 * 4096;
  void* memory = mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(MAP_FAILED, memory);
  auto* events = static_cast<ukevent*>(memory);
  EXPECT_EQ(static_cast<int>(kEvents),
            kevent_get_events(queue.fd(), 0, kEvents, kNoWait, events, 0));
  for (uint32_t i = 0; i < kEvents; ++i) EXPECT_EQ(i, events[i].id.raw[0]);
  munmap(memory, kSize);
}

// The second page is missing: what fits into the first is returned, the rest stays ready.
TEST(KeventWait, WhatDoesNotFitIntoTheMappingStaysReady) {
  constexpr uint32_t kEvents = 110;
  constexpr uint32_t kFit = 4096 / sizeof(ukevent);
  Queue queue;
  for (uint32_t i = 0; i < kEvents; ++i) {
    ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, i, 1));
    ASSERT_EQ(1, queue.Ready(i));
  }
  void* memory = mmap(nullptr, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(MAP_FAILED, memory);
  munmap(static_cast<char*>(memory) + 4096, 4096);
  EXPECT_EQ(static_cast<int>(kFit),
            kevent_get_events(queue.fd(), 0, kEvents, kNoWait, static_cast<ukevent*>(memory), 0));
  EXPECT_EQ(kEvents - kFit, queue.Fetch().size());
  munmap(memory, 4096);
}

TEST(KeventWait, ReadyWithoutEntriesEndsIt) {
  Queue queue;
  std::thread waiter([&] { EXPECT_EQ(0, kevent_wait(queue.fd(), 1, 0, timespec{20, 0}, 0)); });
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_EQ(0, kevent_ctl(queue.fd(), KEVENT_CTL_READY, 0, nullptr));
  waiter.join();
}

// The event goes to the first who waits; the second hears that it is in the ring.
TEST(KeventWait, EventThatAnotherThreadFetchedIntoTheRingEndsIt) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, 1, 1));
  std::thread first([&] {
    ukevent event;
    EXPECT_EQ(1, kevent_get_events(queue.fd(), 1, 1, timespec{20, 0}, &event, 0));
  });
  std::this_thread::sleep_for(milliseconds(100));
  steady_clock::duration waited{};
  std::thread second([&] {
    const auto begin = steady_clock::now();
    EXPECT_EQ(0, kevent_wait(queue.fd(), 1, 0, timespec{20, 0}, 0));
    waited = steady_clock::now() - begin;
  });
  std::this_thread::sleep_for(milliseconds(100));
  queue.Ready(1);
  first.join();
  second.join();
  EXPECT_LT(waited, milliseconds(10'000));
}

void Ignore(int) {}

TEST(KeventWait, ASignalInterruptsIt) {
  Queue queue;
  struct sigaction action {};
  action.sa_handler = Ignore;
  ASSERT_EQ(0, sigaction(SIGUSR1, &action, nullptr));
  const pthread_t self = pthread_self();
  std::thread sender([&] {
    std::this_thread::sleep_for(milliseconds(100));
    pthread_kill(self, SIGUSR1);
  });
  EXPECT_EQ(-1, kevent_wait(queue.fd(), 1, 0, timespec{20, 0}, 0));
  EXPECT_EQ(EINTR, errno);
  sender.join();
}

TEST(KeventWait, OneEventWakesAWaiterThatCanUseIt) {
  Queue queue;
  for (uint32_t i = 0; i < 3; ++i) ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, i, 1));
  std::thread greedy([&] {
    ukevent events[2];
    EXPECT_EQ(2, kevent_get_events(queue.fd(), 2, 2, timespec{20, 0}, events, 0));
  });
  std::this_thread::sleep_for(milliseconds(50));
  std::thread modest([&] {
    ukevent events[1];
    EXPECT_EQ(1, kevent_get_events(queue.fd(), 1, 1, timespec{20, 0}, events, 0));
  });
  std::this_thread::sleep_for(milliseconds(50));
  queue.Ready(0);
  modest.join();
  queue.Ready(1);
  queue.Ready(2);
  greedy.join();
}

// Two threads fetch what one makes ready: a wait without a limit never comes back empty.
TEST(KeventWait, AThiefDoesNotEndAWaitWithoutLimit) {
  constexpr int kEvents = 20'000;
  Queue queue;
  ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, 1, 1));
  std::atomic<int> empty{0};
  std::atomic<bool> done{false};
  const auto fetch = [&] {
    ukevent event;
    while (!done) {
      if (kevent_get_events(queue.fd(), 1, 1, kForever, &event, 0) != 1 && !done) ++empty;
    }
  };
  std::thread first(fetch);
  std::thread second(fetch);
  for (int i = 0; i < kEvents; ++i) queue.Ready(1);
  done = true;
  // Both must come back from a wait that has no limit, whichever of them is in it.
  std::atomic<int> ended{0};
  std::thread ender([&] {
    while (ended < 2) {
      kevent_ctl(queue.fd(), KEVENT_CTL_READY, 0, nullptr);
      std::this_thread::sleep_for(milliseconds(1));
    }
  });
  first.join();
  ++ended;
  second.join();
  ++ended;
  ender.join();
  EXPECT_EQ(0, empty);
}

TEST(KeventThreads, FetchEachEventOnce) {
  constexpr uint32_t kLabels = 64;
  constexpr int kRounds = 200;
  constexpr int kThreads = 4;
  Queue queue;
  for (uint32_t i = 0; i < kLabels; ++i) ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, i, 1));
  std::atomic<uint64_t> fetched{0};
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      while (!done) {
        ukevent events[8];
        const int got = kevent_get_events(queue.fd(), 1, 8, timespec{0, 1'000'000}, events, 0);
        if (got > 0) fetched += static_cast<uint64_t>(got);
      }
    });
  }
  for (int round = 0; round < kRounds; ++round)
    for (uint32_t i = 0; i < kLabels; ++i) queue.Ready(i);
  while (queue.Stat().ready > 0) std::this_thread::yield();
  done = true;
  for (std::thread& thread : threads) thread.join();
  const kevent_stat stat = queue.Stat();
  EXPECT_EQ(stat.delivered, fetched);
  EXPECT_EQ(uint64_t{kLabels} * kRounds, stat.delivered + stat.coalesced);
}

}  // namespace
}  // namespace s390log::test
