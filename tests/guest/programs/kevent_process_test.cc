// SPDX-License-Identifier: MIT
//
// /dev/kevent on the real kernel: users and their limits, children and descriptors.
#include <fcntl.h>
#include <grp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

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

TEST(KeventLifetime, DescriptorsCloseOnExec) {
  Queue queue;
  EXPECT_EQ(FD_CLOEXEC, fcntl(queue.fd(), F_GETFD));
}

}  // namespace
}  // namespace s390log::test
