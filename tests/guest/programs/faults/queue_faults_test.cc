// SPDX-License-Identifier: MIT
//
// Allocations that fail in calls on /dev/kevent: what fails has changed nothing, and the next try
// works. Load kevent and s390_log; nobody else may use them.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <linux/s390_log.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <vector>

#include "tests/guest/programs/faults/injector.h"
#include "tests/guest/programs/faults/kernel_module.h"
#include "tests/guest/programs/queue.h"

namespace s390log::test {
namespace {

constexpr uint32_t kRingSize = 512;  // five pages and a bit, as struct ukevent has 40 bytes
constexpr unsigned kFirst = 40;
constexpr uint32_t kMany = 110;  // entries: more than a page

// Without it even root's rings count against RLIMIT_MEMLOCK.
class WithoutIpcLock {
 public:
  WithoutIpcLock() { Change(false); }
  WithoutIpcLock(const WithoutIpcLock&) = delete;
  WithoutIpcLock& operator=(const WithoutIpcLock&) = delete;
  ~WithoutIpcLock() { Change(true); }

 private:
  static void Change(bool have) {
    __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> data = {};
    ASSERT_EQ(0, syscall(SYS_capget, &header, data.data()));
    const uint32_t bit = 1u << CAP_IPC_LOCK;
    data[0].effective = have ? data[0].effective | bit : data[0].effective & ~bit;
    ASSERT_EQ(0, syscall(SYS_capset, &header, data.data()));
  }
};

class QueueFaults : public testing::Test {
 protected:
  void SetUp() override { uses_ = module_.Uses(); }
  void TearDown() override { EXPECT_EQ(uses_, module_.Uses()) << "a queue was left"; }

  static void Nothing(int) {}
  // For what is not undone.
  static void Kept() {}

  static int Result(long rc) { return rc < 0 ? errno : 0; }

  // The errno of one entry, or of the call.
  static int Ctl(const Queue& queue, uint32_t command, ukevent entry) {
    const int rc = queue.Ctl(command, entry);
    if (rc < 0) return errno;
    return entry.ret_flags & KEVENT_RET_BROKEN ? static_cast<int>(entry.ret_data[1]) : 0;
  }

  // An event that anyone may make.
  static void EmitText() {
    const UniqueFd fd(open("/dev/s390_log", O_RDWR | O_CLOEXEC));
    ASSERT_EQ(1, write(fd.Get(), "x", 1));
  }

  Injector injector_;
  KernelModule module_{"kevent"};
  int uses_ = 0;
};

TEST_F(QueueFaults, OpenGivesAQueueOrLeavesNone) {
  int fd = -1;
  injector_.Each(
      [&] {
        fd = open("/dev/kevent", O_RDWR | O_CLOEXEC);
        return Result(fd);
      },
      [&](int) { EXPECT_EQ(uses_, module_.Uses()); }, [&] { close(fd); });
}

// The limit has room for this ring only: what a failure left charged would refuse the next.
TEST_F(QueueFaults, RingIsMadeOrNothingStaysCharged) {
  const auto bytes = static_cast<rlim_t>((KEVENT_RING_BYTES(kRingSize) + 4095) & ~4095ul);
  rlimit before = {};
  ASSERT_EQ(0, getrlimit(RLIMIT_MEMLOCK, &before));
  const rlimit limit = {bytes, before.rlim_max};
  ASSERT_EQ(0, setrlimit(RLIMIT_MEMLOCK, &limit));
  const WithoutIpcLock rights;
  const kevent_init_arg arg = {kRingSize, 0};
  UniqueFd queue(open("/dev/kevent", O_RDWR | O_CLOEXEC));
  const Sweep sweep = injector_.Each(
      [&] { return Result(ioctl(queue.Get(), KEVENT_IOC_INIT, &arg)); },
      [&](int) {
        EXPECT_EQ(MAP_FAILED, mmap(nullptr, bytes, PROT_READ, MAP_SHARED, queue.Get(), 0));
        EXPECT_EQ(ENXIO, errno) << "half a ring";
      },
      [&] { queue.Reset(open("/dev/kevent", O_RDWR | O_CLOEXEC)); });
  EXPECT_GT(sweep.refused, static_cast<int>(bytes / 4096)) << "each page, at least";
  ASSERT_EQ(0, setrlimit(RLIMIT_MEMLOCK, &before));
}

TEST_F(QueueFaults, RingIsMappedOrNot) {
  Queue queue(0);
  const kevent_init_arg arg = {kRingSize, 0};
  ASSERT_EQ(0, ioctl(queue.fd(), KEVENT_IOC_INIT, &arg));
  const kevent_ring* ring = nullptr;
  injector_.Each(
      [&] {
        ring = kevent_ring_map(queue.fd(), kRingSize);
        return ring == nullptr ? errno : 0;
      },
      Nothing, [&] { kevent_ring_unmap(ring); });
}

TEST_F(QueueFaults, UserRequestIsAddedOrNot) {
  Queue queue;
  const ukevent request = Request(KEVENT_UNOTIFY, 1, 1, KEVENT_REQ_ET);
  injector_.Each([&] { return Ctl(queue, KEVENT_CTL_ADD, request); },
                 [&](int) { EXPECT_EQ(0u, queue.Stat().requests); },
                 [&] { EXPECT_EQ(0, Ctl(queue, KEVENT_CTL_REMOVE, request)); });
}

// One link for each event: the requests that found memory for some of them leave those, too.
TEST_F(QueueFaults, RequestForAllEventsIsAddedOrHearsOfNone) {
  Queue queue;
  const ukevent request = Request(KEVENT_S390_LOG, 0, KEVENT_S390_ALL, KEVENT_REQ_ET);
  const Sweep sweep = injector_.Each([&] { return Ctl(queue, KEVENT_CTL_ADD, request); },
                                     [&](int) {
                                       EXPECT_EQ(0u, queue.Stat().requests);
                                       EmitText();
                                       EXPECT_TRUE(queue.Fetch().empty());
                                     },
                                     [&] {
                                       EmitText();
                                       EXPECT_EQ(1u, queue.Fetch().size());
                                       EXPECT_EQ(0, Ctl(queue, KEVENT_CTL_REMOVE, request));
                                     });
  EXPECT_GE(sweep.refused, __builtin_popcount(KEVENT_S390_ALL)) << "each link, at least";
}

TEST_F(QueueFaults, RequestThatCannotBeModifiedIsAsItWas) {
  Queue queue;
  const ukevent narrow = Request(KEVENT_S390_LOG, 0, KEVENT_S390_TEXT, KEVENT_REQ_ET);
  const ukevent wide =
      Request(KEVENT_S390_LOG, 0, KEVENT_S390_ALL & ~KEVENT_S390_TEXT, KEVENT_REQ_ET);
  ASSERT_EQ(0, Ctl(queue, KEVENT_CTL_ADD, narrow));
  injector_.Each([&] { return Ctl(queue, KEVENT_CTL_MODIFY, wide); },
                 [&](int) {
                   EmitText();
                   EXPECT_EQ(1u, queue.Fetch().size()) << "it no longer hears of what it asked for";
                 },
                 [&] {
                   EmitText();
                   EXPECT_TRUE(queue.Fetch().empty());
                   EXPECT_EQ(0, Ctl(queue, KEVENT_CTL_MODIFY, narrow));
                 });
}

// Of many entries each has a fate of its own, and the broken ones come to the front. All cost the
// kernel the same, so after those of the call and of the first entries every seventh allocation
// will do.
TEST_F(QueueFaults, OfManyRequestsThoseThatFailedAreNamed) {
  std::vector<ukevent> all;
  for (uint32_t i = 0; i < kMany; ++i)
    all.push_back(Request(KEVENT_UNOTIFY, i + 1, 1, KEVENT_REQ_ET));
  auto queue = std::make_unique<Queue>();
  std::vector<ukevent> entries;
  uint32_t refused = 0;
  unsigned n = 0;
  bool injected = true;
  while (injected) {
    n += n < kFirst ? 1 : 7;
    ASSERT_LT(n, 20 * kMany);
    entries = all;
    int rc = 0;
    injected = injector_.Nth(
        n, [&] { rc = kevent_ctl(queue->fd(), KEVENT_CTL_ADD, kMany, entries.data()); });
    const uint32_t requests = queue->Stat().requests;
    if (rc < 0) {
      EXPECT_EQ(ENOMEM, errno);
      EXPECT_EQ(0u, requests) << "the call failed as a whole";
    } else {
      EXPECT_EQ(kMany, requests + static_cast<uint32_t>(rc)) << n;
      for (int i = 0; i < rc; ++i) EXPECT_EQ(static_cast<uint32_t>(ENOMEM), entries[i].ret_data[1]);
      refused += static_cast<uint32_t>(rc);
      EXPECT_TRUE(injected || rc == 0);
    }
    if (requests > 0) queue = std::make_unique<Queue>();
  }
  EXPECT_GE(refused, kMany / 7);
}

TEST_F(QueueFaults, WhatTakesNoMemoryAlwaysWorks) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, 1, 1, 0));
  for (unsigned n = 1; n <= 4; ++n) {
    injector_.Nth(n, [&] {
      kevent_stat stat = {};
      stat.type = KEVENT_MAX;
      EXPECT_EQ(0, ioctl(queue.fd(), KEVENT_IOC_STAT, &stat));
      ukevent event = {};
      EXPECT_EQ(0, kevent_get_events(queue.fd(), 0, 1, kNoWait, &event, 0));
      EXPECT_EQ(0, kevent_wait(queue.fd(), 1, 0, kNoWait, 0));
      EXPECT_FALSE(queue.Readable());
    });
  }
}

}  // namespace
}  // namespace s390log::test
