// SPDX-License-Identifier: MIT
//
// /dev/kevent on the real kernel: the ring.
#include <sys/mman.h>

#include <chrono>
#include <thread>

#include "tests/guest/programs/queue.h"

namespace s390log::test {
namespace {

using std::chrono::milliseconds;

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

}  // namespace
}  // namespace s390log::test
