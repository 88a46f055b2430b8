// SPDX-License-Identifier: MIT
//
// /dev/kevent on the real kernel: users and their limits, children and descriptors.
#include <fcntl.h>
#include <grp.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <chrono>
#include <fstream>
#include <string>

#include "tests/guest/programs/queue.h"

namespace s390log::test {
namespace {

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

// A memory cgroup in which this process is as long as the object lives.
class MemoryGroup {
 public:
  MemoryGroup() {
    mkdir(kRoot, 0755);
    mounted_ = mount("none", kRoot, "cgroup2", 0, nullptr) == 0;
    Write(kRoot, "cgroup.subtree_control", "+memory");
    mkdir(kGroup, 0755);
    Write(kGroup, "cgroup.procs", "0");
  }
  MemoryGroup(const MemoryGroup&) = delete;
  MemoryGroup& operator=(const MemoryGroup&) = delete;
  ~MemoryGroup() {
    Write(kRoot, "cgroup.procs", "0");
    rmdir(kGroup);
    if (mounted_) umount(kRoot);
    rmdir(kRoot);
  }

  // Bytes that are charged to it, more or less; -1 if this kernel does not say.
  long Charged() const {
    std::ifstream in(std::string(kGroup) + "/memory.current");
    long bytes = -1;
    return in >> bytes ? bytes : -1;
  }

 private:
  static constexpr char kRoot[] = "/tmp/kevent-cgroup";
  static constexpr char kGroup[] = "/tmp/kevent-cgroup/group";

  static void Write(const std::string& group, const std::string& file, const std::string& value) {
    std::ofstream(group + "/" + file) << value << std::flush;
  }

  bool mounted_ = false;
};

TEST(KeventMemory, ARingIsChargedAndGivenBack) {
  constexpr long kBytes = KEVENT_RING_BYTES(KEVENT_MAX_RING);
  const MemoryGroup group;
  const long before = group.Charged();
  if (before < 0) GTEST_SKIP() << "this kernel has no memory cgroups";
  const int fd = kevent_init(nullptr, KEVENT_MAX_RING, 0);
  ASSERT_GE(fd, 0);
  const long with_ring = group.Charged();
  close(fd);
  // Each CPU charges up to 64 pages in advance.
  constexpr long kTolerance = kBytes / 2;
  EXPECT_GT(with_ring - before, kBytes - kTolerance);
  EXPECT_LT(group.Charged(), with_ring - kBytes + kTolerance);
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

// The child moves what is ready into the ring, and waits when there is no room. Returns its status.
int FetchIntoRing(const Queue& queue, uint32_t count) {
  for (uint32_t moved = 0; moved < count;) {
    const int got = kevent_wait(queue.fd(), count, KEVENT_NO_INDEX, timespec{20, 0}, 0);
    if (got <= 0) return 1;
    moved += static_cast<uint32_t>(got);
    if (__atomic_load_n(&queue.ring().ring_head, __ATOMIC_ACQUIRE) != moved) return 2;
  }
  return 0;
}

// Whether the ring gets its event number index, counted from 0, within 20 s.
bool AwaitRingEntry(const kevent_ring& ring, uint32_t index) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (__atomic_load_n(&ring.ring_head, __ATOMIC_ACQUIRE) == index)
    if (std::chrono::steady_clock::now() > limit) return false;
  return true;
}

TEST(KeventLifetime, OneProcessWaitsAndAnotherCommits) {
  constexpr uint32_t kSlots = 3;
  constexpr uint32_t kLabels = 8;
  constexpr uint32_t kEvents = 50 * kLabels;
  Queue queue(kSlots);
  for (uint32_t i = 0; i < kLabels; ++i) ASSERT_EQ(0, queue.Add(KEVENT_UNOTIFY, i, 1));
  const pid_t child = fork();
  if (child == 0) _exit(FetchIntoRing(queue, kEvents));
  for (uint32_t i = 0; i < kEvents; ++i) {
    for (uint32_t label = 0; i % kLabels == 0 && label < kLabels; ++label)
      EXPECT_EQ(1, queue.Ready(label));
    ASSERT_TRUE(AwaitRingEntry(queue.ring(), i)) << i;
    EXPECT_EQ(i % kLabels, queue.ring().event[i % kSlots].id.raw[0]) << i;
    EXPECT_EQ(1, kevent_commit(queue.fd(), (i + 1) % kSlots, (i + 1) / kSlots)) << i;
  }
  int status = 1;
  waitpid(child, &status, 0);
  EXPECT_EQ(0, status);
  EXPECT_EQ(kEvents, queue.Stat().delivered);
  EXPECT_EQ(0u, queue.Stat().coalesced);
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

TEST(KeventLifetime, DescriptorsCloseOnExec) {
  Queue queue;
  EXPECT_EQ(FD_CLOEXEC, fcntl(queue.fd(), F_GETFD));
}

}  // namespace
}  // namespace s390log::test
