// SPDX-License-Identifier: MIT
//
// /dev/kevent on the real kernel: what becomes of requests.
#include "tests/guest/programs/queue.h"

namespace s390log::test {
namespace {

constexpr uint32_t kPlain = 0;

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

TEST(KeventInfo, SaysSizesAndTypes) {
  Queue queue;
  kevent_info info{};
  ASSERT_EQ(0, ioctl(queue.fd(), KEVENT_IOC_INFO, &info));
  EXPECT_EQ(static_cast<uint32_t>(KEVENT_ABI_VERSION), info.abi_version);
  EXPECT_EQ(sizeof(ukevent), info.ukevent_size);
  EXPECT_TRUE(info.types & (1u << KEVENT_UNOTIFY));
}

}  // namespace
}  // namespace s390log::test
