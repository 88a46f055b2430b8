// SPDX-License-Identifier: MIT
//
// /dev/kevent on the real kernel: refusals first, then queues, rings and waits.
#include <fcntl.h>
#include <grp.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include "tests/guest/programs/queue.h"

namespace s390log::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr uint32_t kPlain = 0;

// Calls an ioctl that must fail, and returns its errno.
template <typename Arg>
int Refused(const Queue& queue, unsigned long command, Arg arg) {
  errno = 0;
  EXPECT_EQ(-1, ioctl(queue.fd(), command, &arg));
  return errno;
}

TEST(KeventRefusals, UnknownIoctlIsNotATypewriter) {
  Queue queue;
  EXPECT_EQ(ENOTTY, Refused(queue, _IO(KEVENT_IOC_MAGIC, 0x1f), 0));
}

TEST(KeventRefusals, BadPointersAreFaults) {
  Queue queue;
  EXPECT_EQ(-1, ioctl(queue.fd(), KEVENT_IOC_INFO, nullptr));
  EXPECT_EQ(EFAULT, errno);
  EXPECT_EQ(-1, kevent_ctl(queue.fd(), KEVENT_CTL_ADD, 1, nullptr));
  EXPECT_EQ(EFAULT, errno);
}

TEST(KeventRefusals, ResultsThatCannotBeWrittenChangeNothing) {
  Queue queue;
  void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  auto* request = static_cast<ukevent*>(page);
  *request = Request(KEVENT_UNOTIFY, 1, 1, 0);
  ASSERT_EQ(0, mprotect(page, 4096, PROT_READ));
  EXPECT_EQ(-1, kevent_ctl(queue.fd(), KEVENT_CTL_ADD, 1, request));
  EXPECT_EQ(EFAULT, errno);
  EXPECT_EQ(0u, queue.Stat().requests);
  munmap(page, 4096);
}

TEST(KeventRefusals, CommandsFlagsAndReservedFieldsAreChecked) {
  Queue queue;
  EXPECT_EQ(EINVAL, Refused(queue, KEVENT_IOC_CTL, kevent_ctl_arg{4, 0, 0}));
  EXPECT_EQ(E2BIG, Refused(queue, KEVENT_IOC_CTL, kevent_ctl_arg{0, KEVENT_MAX_CTL + 1, 0}));
  EXPECT_EQ(EINVAL, Refused(queue, KEVENT_IOC_WAIT, kevent_wait_arg{0, 0, 0, 0, 0}));
  EXPECT_EQ(EINVAL, Refused(queue, KEVENT_IOC_WAIT, kevent_wait_arg{1, 0, 0, 2, 0}));
  EXPECT_EQ(EINVAL, Refused(queue, KEVENT_IOC_WAIT, kevent_wait_arg{1, 0, 0, 0, 1}));
  EXPECT_EQ(EINVAL, Refused(queue, KEVENT_IOC_GET_EVENTS, kevent_get_arg{2, 1, 0, 0, 0, 0}));
  EXPECT_EQ(EINVAL, Refused(queue, KEVENT_IOC_GET_EVENTS, kevent_get_arg{0, 0, 0, 0, 0, 0}));
}

TEST(KeventRefusals, RequestsNobodyServesAreBroken) {
  Queue queue;
  EXPECT_EQ(-EINVAL, queue.Add(KEVENT_SOCKET, 1, 1));
  EXPECT_EQ(-EINVAL, queue.Add(KEVENT_MAX, 1, 1));
  EXPECT_EQ(-EINVAL, queue.Add(KEVENT_UNOTIFY, 1, 0)) << "an empty mask";
  EXPECT_EQ(-EINVAL, queue.Add(KEVENT_UNOTIFY, 1, 1, 0x40)) << "an unknown flag";
  EXPECT_EQ(0u, queue.Stat().requests);
}

TEST(KeventRefusals, TheSameKeyTwiceExists) {
  Queue queue;
  EXPECT_EQ(0, queue.Add(KEVENT_UNOTIFY, 1, 1));
  EXPECT_EQ(-EEXIST, queue.Add(KEVENT_UNOTIFY, 1, 1));
}

TEST(KeventRefusals, TooManyRequestsAreNoSpace) {
  Queue queue;
  for (uint32_t i = 0; i < KEVENT_MAX_REQUESTS; ++i)
    ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, i, 1)) << i;
  EXPECT_EQ(-ENOSPC, queue.Add(KEVENT_UNOTIFY, KEVENT_MAX_REQUESTS, 1));
}

TEST(KeventRefusals, BrokenEntriesMoveToTheFront) {
  Queue queue;
  ukevent entries[3] = {Request(KEVENT_UNOTIFY, 1, 1, 0), Request(KEVENT_SOCKET, 2, 1, 0),
                        Request(KEVENT_UNOTIFY, 3, 1, 0)};
  EXPECT_EQ(1, kevent_ctl(queue.fd(), KEVENT_CTL_ADD, 3, entries));
  EXPECT_EQ(2u, entries[0].id.raw[0]);
  EXPECT_EQ(static_cast<uint32_t>(KEVENT_RET_BROKEN | KEVENT_RET_DONE), entries[0].ret_flags);
  EXPECT_EQ(static_cast<uint32_t>(EINVAL), entries[0].ret_data[1]);
  EXPECT_EQ(2u, queue.Stat().requests);
}

TEST(KeventRefusals, RemovingWhatIsNotThereIsBroken) {
  Queue queue;
  ukevent entry = Request(KEVENT_UNOTIFY, 7, 1, 0);
  EXPECT_EQ(0, queue.Ctl(KEVENT_CTL_REMOVE, entry));
  EXPECT_EQ(static_cast<uint32_t>(KEVENT_RET_BROKEN | KEVENT_RET_DONE), entry.ret_flags);
  EXPECT_EQ(static_cast<uint32_t>(ENOENT), entry.ret_data[1]);
}

TEST(KeventRing, RefusesSizesOutOfBoundsAndASecondRing) {
  Queue queue(0);
  EXPECT_EQ(EINVAL, Refused(queue, KEVENT_IOC_INIT, kevent_init_arg{0, 0}));
  EXPECT_EQ(EINVAL, Refused(queue, KEVENT_IOC_INIT, kevent_init_arg{KEVENT_MAX_RING + 1, 0}));
  EXPECT_EQ(EINVAL, Refused(queue, KEVENT_IOC_INIT, kevent_init_arg{1, 1}));
  kevent_init_arg good{4, 0};
  EXPECT_EQ(0, ioctl(queue.fd(), KEVENT_IOC_INIT, &good));
  EXPECT_EQ(EBUSY, Refused(queue, KEVENT_IOC_INIT, good));
}

TEST(KeventRing, IsMappedWholeSharedAndReadOnly) {
  Queue queue(1000);
  const size_t size = (KEVENT_RING_BYTES(1000) + 4095) / 4096 * 4096;
  const auto map = [&](size_t length, int protection, int flags, off_t offset) {
    void* where = mmap(nullptr, length, protection, flags, queue.fd(), offset);
    if (where == MAP_FAILED) return errno;
    munmap(where, length);
    return 0;
  };
  EXPECT_EQ(0, map(size, PROT_READ, MAP_SHARED, 0));
  EXPECT_EQ(EPERM, map(size, PROT_READ | PROT_WRITE, MAP_SHARED, 0));
  EXPECT_EQ(EPERM, map(size, PROT_READ | PROT_EXEC, MAP_SHARED, 0));
  EXPECT_EQ(EINVAL, map(size, PROT_READ, MAP_PRIVATE, 0));
  EXPECT_EQ(EINVAL, map(size - 4096, PROT_READ, MAP_SHARED, 0));
  EXPECT_EQ(EINVAL, map(size, PROT_READ, MAP_SHARED, 4096));
}

TEST(KeventRing, CannotBeMadeWritableOrExecutableLater) {
  Queue queue(16);
  void* ring = mmap(nullptr, 4096, PROT_READ, MAP_SHARED, queue.fd(), 0);
  ASSERT_NE(MAP_FAILED, ring);
  EXPECT_EQ(-1, mprotect(ring, 4096, PROT_READ | PROT_WRITE));
  EXPECT_EQ(-1, mprotect(ring, 4096, PROT_READ | PROT_EXEC));
  munmap(ring, 4096);
}

TEST(KeventRing, StaysReadableAfterTheQueueIsClosed) {
  const int fd = kevent_init(nullptr, 4, 0);
  ASSERT_GE(fd, 0);
  const kevent_ring* ring = kevent_ring_map(fd, 4);
  ASSERT_NE(nullptr, ring);
  close(fd);
  EXPECT_EQ(4u, ring->ring_size);
  kevent_ring_unmap(ring);
}

TEST(KeventRing, AFullRingCommitsInOneCall) {
  Queue queue(3);
  for (uint32_t i = 0; i < 5; ++i) ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, i, 1));
  for (uint32_t i = 0; i < 5; ++i) ASSERT_EQ(1, queue.Ready(i));
  EXPECT_EQ(3, kevent_wait(queue.fd(), 10, 0, kNoWait, 0));
  EXPECT_EQ(0u, queue.ring().ring_kidx) << "wrapped";
  EXPECT_EQ(3u, queue.ring().ring_head);
  EXPECT_EQ(0, kevent_wait(queue.fd(), 10, 0, kNoWait, 0)) << "no room";
  EXPECT_EQ(3, kevent_commit(queue.fd(), 0, 1));
  EXPECT_EQ(1u, queue.ring().ring_over);
  EXPECT_EQ(2, kevent_wait(queue.fd(), 10, 0, kNoWait, 0));
  EXPECT_EQ(3u, queue.ring().event[0].id.raw[0]);
  EXPECT_EQ(4u, queue.ring().event[1].id.raw[0]);
}

TEST(KeventRing, CommitsBackwardsFreeNothingAndBeyondAreInvalid) {
  Queue queue(4);
  ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, 1, 1));
  ASSERT_EQ(1, queue.Ready(1));
  ASSERT_EQ(1, kevent_wait(queue.fd(), 1, 0, kNoWait, 0));
  EXPECT_EQ(-1, kevent_commit(queue.fd(), 2, 0)) << "more than was delivered";
  EXPECT_EQ(EINVAL, errno);
  EXPECT_EQ(-1, kevent_commit(queue.fd(), 4, 0)) << "no such slot";
  EXPECT_EQ(EINVAL, errno);
  EXPECT_EQ(1, kevent_commit(queue.fd(), 1, 0));
  EXPECT_EQ(0, kevent_commit(queue.fd(), 1, 0)) << "a second thread commits the same";
  EXPECT_EQ(0, kevent_commit(queue.fd(), 0, 0)) << "a slow thread commits less";
  EXPECT_EQ(0, kevent_commit(queue.fd(), 3, 0xffffffff)) << "a whole turn behind";
}

TEST(KeventRing, CommitWakesAWaiterForRoom) {
  Queue queue(1);
  ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, 1, 1));
  ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, 2, 1));
  queue.Ready(1);
  queue.Ready(2);
  ASSERT_EQ(1, kevent_wait(queue.fd(), 1, 0, kNoWait, 0));
  std::thread waiter([&] {
    const timespec limit{20, 0};
    EXPECT_EQ(1, kevent_wait(queue.fd(), 1, KEVENT_NO_INDEX, limit, 0));
  });
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_EQ(1, kevent_commit(queue.fd(), 0, 1));
  waiter.join();
  EXPECT_EQ(2u, queue.ring().event[0].id.raw[0]);
}

TEST(KeventRing, WaitReturnsAtOnceWhenAnotherThreadHasFetched) {
  Queue queue(4);
  ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, 1, 1));
  queue.Ready(1);
  ASSERT_EQ(1, kevent_wait(queue.fd(), 1, 0, kNoWait, 0));
  EXPECT_EQ(0, kevent_wait(queue.fd(), 1, 0, kForever, 0));
}

// Twice two events through a ring of two: the index is where it was.
TEST(KeventRing, WaitReturnsAtOnceWhenAnotherThreadHasFilledIt) {
  Queue queue(2);
  for (uint32_t i = 0; i < 2; ++i) {
    ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, i, 1));
    queue.Ready(i);
  }
  ASSERT_EQ(2, kevent_wait(queue.fd(), 2, 0, kNoWait, 0));
  EXPECT_EQ(0, kevent_wait(queue.fd(), 1, 0, kForever, 0));
}

TEST(KeventRing, AnIndexThatIsNoSlotIsInvalid) {
  Queue queue(2);
  EXPECT_EQ(EINVAL, Refused(queue, KEVENT_IOC_WAIT, kevent_wait_arg{1, 2, 0, 0, 0}));
}

TEST(KeventFlags, WithoutEtARequestFiresOnceUntilModified) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, 1, 1, kPlain));
  EXPECT_EQ(1, queue.Ready(1));
  EXPECT_EQ(std::vector<uint32_t>{1}, queue.FetchLabels());
  queue.Ready(1);
  EXPECT_TRUE(queue.FetchLabels().empty());
  ukevent entry = Request(KEVENT_UNOTIFY, 1, 1, kPlain);
  EXPECT_EQ(0, queue.Ctl(KEVENT_CTL_MODIFY, entry));
  EXPECT_EQ(static_cast<uint32_t>(KEVENT_RET_DONE), entry.ret_flags);
  queue.Ready(1);
  EXPECT_EQ(std::vector<uint32_t>{1}, queue.FetchLabels());
}

TEST(KeventFlags, EtRearmsOnDelivery) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, 1, 1, KEVENT_REQ_ET));
  for (int i = 0; i < 3; ++i) {
    queue.Ready(1);
    const auto events = queue.Fetch();
    ASSERT_EQ(1u, events.size());
    EXPECT_EQ(static_cast<uint32_t>(KEVENT_RET_DONE), events[0].ret_flags);
  }
}

TEST(KeventFlags, OneshotGoesWithItsDelivery) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, 1, 1, KEVENT_REQ_ONESHOT));
  queue.Ready(1);
  EXPECT_EQ(1u, queue.Stat().requests);
  EXPECT_EQ(1u, queue.Fetch().size());
  EXPECT_EQ(0u, queue.Stat().requests);
}

TEST(KeventFlags, ReadyRequestsComeBackInlineAndAreNotKept) {
  Queue queue;
  ukevent request = Request(KEVENT_UNOTIFY, 1, 1, KEVENT_REQ_READY);
  request.ret_data[0] = 7;
  EXPECT_EQ(1, queue.Ctl(KEVENT_CTL_ADD, request));
  EXPECT_EQ(static_cast<uint32_t>(KEVENT_RET_DONE), request.ret_flags);
  EXPECT_EQ(0u, request.ret_data[0]) << "set by the kernel";
  EXPECT_EQ(0u, queue.Stat().requests);
}

TEST(KeventFlags, AlwaysQueueKeepsAndQueuesWhatIsReady) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, 1, 1,
                         KEVENT_REQ_READY | KEVENT_REQ_ALWAYS_QUEUE | KEVENT_REQ_ET));
  EXPECT_EQ(1u, queue.Stat().requests);
  EXPECT_EQ(std::vector<uint32_t>{1}, queue.FetchLabels());
}

TEST(KeventQueue, RepeatsAreCoalescedAndCounted) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, 1, 1));
  for (int i = 0; i < 4; ++i) queue.Ready(1);
  EXPECT_EQ(1u, queue.Fetch().size());
  EXPECT_EQ(3u, queue.Stat(KEVENT_UNOTIFY, 1).request_coalesced);
  EXPECT_EQ(3u, queue.Stat().coalesced);
  EXPECT_EQ(1u, queue.Stat().delivered);
}

TEST(KeventQueue, DeliversInTheOrderOfReadiness) {
  Queue queue;
  for (uint32_t i = 0; i < 5; ++i) ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, i, 1));
  for (uint32_t i : {3u, 0u, 4u}) queue.Ready(i);
  EXPECT_EQ((std::vector<uint32_t>{3, 0, 4}), queue.FetchLabels());
}

TEST(KeventQueue, AnEventThatCannotBeCopiedStaysReady) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, 1, 1));
  queue.Ready(1);
  EXPECT_EQ(-1, kevent_get_events(queue.fd(), 1, 1, kNoWait, nullptr, 0));
  EXPECT_EQ(EFAULT, errno);
  EXPECT_EQ(std::vector<uint32_t>{1}, queue.FetchLabels());
}

TEST(KeventQueue, UserDataComesBackUntouched) {
  Queue queue;
  ukevent request = Request(KEVENT_UNOTIFY, 1, 1, KEVENT_REQ_ET);
  request.ptr = &queue;
  ASSERT_EQ(0, queue.Ctl(KEVENT_CTL_ADD, request));
  queue.Ready(1);
  EXPECT_EQ(&queue, queue.Fetch().at(0).ptr);
}

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

TEST(KeventWait, ReadyWithoutEntriesEndsIt) {
  Queue queue;
  std::thread waiter([&] { EXPECT_EQ(0, kevent_wait(queue.fd(), 1, 0, timespec{20, 0}, 0)); });
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_EQ(0, kevent_ctl(queue.fd(), KEVENT_CTL_READY, 0, nullptr));
  waiter.join();
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

// MODIFY while events come: none of them may pass between the old request and the new one.
TEST(KeventQueue, NoEventIsMissedWhileARequestIsModified) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, 1, 1));
  ukevent entry = Request(KEVENT_UNOTIFY, 1, 3, KEVENT_REQ_ET);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(0, queue.Ctl(KEVENT_CTL_MODIFY, entry));
    ASSERT_EQ(1, queue.Ready(1));
    ASSERT_EQ(1u, queue.Fetch().size());
  }
}

// What a child process without rights and with small limits sees: 0, or an errno.
template <typename Act>
int AsNobody(const Act& act) {
  const pid_t child = fork();
  if (child == 0) {
    const rlimit locked{64 * 1024, 64 * 1024};
    if (setrlimit(RLIMIT_MEMLOCK, &locked) != 0) _exit(255);
    if (setgroups(0, nullptr) != 0 || setgid(65534) != 0 || setuid(65534) != 0) _exit(255);
    _exit(act());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

class Nobody : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(0, chmod("/dev/kevent", 0666)); }
  void TearDown() override { chmod("/dev/kevent", 0660); }
};

TEST_F(Nobody, MayNotOpenADeviceThatIsNotForAll) {
  ASSERT_EQ(0, chmod("/dev/kevent", 0660));
  EXPECT_EQ(EACCES, AsNobody([] { return kevent_init(nullptr, 1, 0) < 0 ? errno : 0; }));
}

TEST_F(Nobody, RingsBeyondTheLimitOfLockedMemoryAreRefused) {
  EXPECT_EQ(0, AsNobody([] { return kevent_init(nullptr, 1000, 0) < 0 ? errno : 0; }));
  EXPECT_EQ(ENOMEM, AsNobody([] { return kevent_init(nullptr, 2000, 0) < 0 ? errno : 0; }));
}

TEST_F(Nobody, RingsOfAllHisQueuesCountAndAreGivenBack) {
  EXPECT_EQ(0, AsNobody([] {
              const int first = kevent_init(nullptr, 1000, 0);
              if (kevent_init(nullptr, 1000, 0) >= 0 || errno != ENOMEM) return 1;
              close(first);
              return kevent_init(nullptr, 1000, 0) < 0 ? errno : 0;
            }));
}

TEST_F(Nobody, QueuesBeyondTheLimitAreRefused) {
  const rlimit files{KEVENT_MAX_QUEUES + 100, KEVENT_MAX_QUEUES + 100};
  ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &files));
  EXPECT_EQ(0, AsNobody([] {
              for (int i = 0; i < KEVENT_MAX_QUEUES; ++i)
                if (kevent_init(nullptr, 0, 0) < 0) return errno;
              return kevent_init(nullptr, 0, 0) < 0 && errno == EMFILE ? 0 : 1;
            }));
}

TEST(KeventLifetime, AChildSharesTheQueueAfterFork) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, 1, 1));
  const pid_t child = fork();
  if (child == 0) _exit(queue.Ready(1) == 1 ? 0 : 1);
  int status = 1;
  waitpid(child, &status, 0);
  EXPECT_EQ(0, status);
  EXPECT_EQ(std::vector<uint32_t>{1}, queue.FetchLabels());
}

TEST(KeventLifetime, ClosesWithRequestsOutstandingAndReady) {
  for (int i = 0; i < 100; ++i) {
    Queue queue;
    for (uint32_t label = 0; label < 8; ++label) {
      ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, label, 1));
      if (label % 2 == 0) queue.Ready(label);
    }
  }
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

TEST(KeventInfo, SaysSizesAndTypes) {
  Queue queue;
  kevent_info info{};
  ASSERT_EQ(0, ioctl(queue.fd(), KEVENT_IOC_INFO, &info));
  EXPECT_EQ(static_cast<uint32_t>(KEVENT_ABI_VERSION), info.abi_version);
  EXPECT_EQ(sizeof(ukevent), info.ukevent_size);
  EXPECT_TRUE(info.types & (1u << KEVENT_UNOTIFY));
}

TEST(KeventLifetime, DescriptorsCloseOnExec) {
  Queue queue;
  EXPECT_EQ(FD_CLOEXEC, fcntl(queue.fd(), F_GETFD));
}

}  // namespace
}  // namespace s390log::test
