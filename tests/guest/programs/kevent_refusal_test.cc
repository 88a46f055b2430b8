// SPDX-License-Identifier: MIT
//
// /dev/kevent on the real kernel: what it refuses.
#include <sys/mman.h>

#include "tests/guest/programs/queue.h"

namespace s390log::test {
namespace {

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
  ASSERT_NE(MAP_FAILED, page);
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

}  // namespace
}  // namespace s390log::test
