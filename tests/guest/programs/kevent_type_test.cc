// SPDX-License-Identifier: MIT
//
// What a type in another module sees and may do: the registration API, driven through the module
// kevent_test_type (tests/guest/modules), which must be loaded.
#include "tests/guest/programs/kevent_type.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <atomic>
#include <memory>
#include <thread>

namespace s390log::test {
namespace {

TEST_F(KeventType, ARefusalIsReportedWithItsErrno) {
  Queue queue;
  Set("enqueue_result", -EIO);
  EXPECT_EQ(-EIO, queue.Add(kType, 1, kEvent));
  EXPECT_EQ(0u, queue.Stat().requests);
}

TEST_F(KeventType, WhatIsReadyAtOnceComesBackInline) {
  Queue queue;
  Set("enqueue_result", 1);
  ukevent request = Request(kType, 1, kEvent, 0);
  EXPECT_EQ(1, queue.Ctl(KEVENT_CTL_ADD, request));
  EXPECT_EQ(static_cast<uint32_t>(KEVENT_RET_DONE), request.ret_flags);
  EXPECT_EQ(0, queue.Add(kType, 1, kEvent, KEVENT_REQ_ALWAYS_QUEUE));
  EXPECT_EQ(std::vector<uint32_t>{1}, queue.FetchLabels());
}

TEST_F(KeventType, RequestsCannotBeMadeReadyByTheUserUnlessItAllowsThat) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(kType, 1, kEvent));
  ukevent entry = Request(kType, 1, kEvent, 0);
  EXPECT_EQ(0, queue.Ctl(KEVENT_CTL_READY, entry));
  EXPECT_EQ(static_cast<uint32_t>(EPERM), entry.ret_data[1]);
  EXPECT_EQ(-EINVAL, queue.Add(kType, 2, kEvent, KEVENT_REQ_READY));
}

TEST_F(KeventType, TheCallbackDecides) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(kType, 1, kEvent));
  Set("callback_result", 0);
  Set("fire", 1);
  EXPECT_TRUE(queue.Fetch().empty());
  Set("callback_result", 1);
  Set("fire", 1);
  EXPECT_EQ(1u, queue.Fetch().size());
}

TEST_F(KeventType, ACallbackThatFailsBreaksTheRequest) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(kType, 1, kEvent));
  Set("callback_result", -EPIPE);
  Set("fire", 1);
  const auto events = queue.Fetch();
  ASSERT_EQ(1u, events.size());
  EXPECT_EQ(static_cast<uint32_t>(KEVENT_RET_BROKEN | KEVENT_RET_DONE), events[0].ret_flags);
  EXPECT_EQ(static_cast<uint32_t>(EPIPE), events[0].ret_data[1]);
  Set("callback_result", 1);
  Set("fire", 1);
  EXPECT_TRUE(queue.Fetch().empty()) << "it has left its storage";
}

TEST_F(KeventType, ABrokenRequestStaysBroken) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(kType, 1, kEvent | kOther));
  Set("callback_result", -EPIPE);
  Set("fire", 1);
  Set("callback_result", 1);
  EXPECT_EQ(1u, queue.Fetch().size());
  Set("fire_event", 1);
  Set("fire", 1);
  EXPECT_TRUE(queue.Fetch().empty()) << "though it is in another storage, too";
  ukevent entry = Request(kType, 1, kEvent, KEVENT_REQ_ET);
  EXPECT_EQ(0, queue.Ctl(KEVENT_CTL_MODIFY, entry));
  EXPECT_EQ(static_cast<uint32_t>(EPIPE), ErrorOf(entry)) << "and not silently deaf";
  EXPECT_EQ(0, queue.Ctl(KEVENT_CTL_REMOVE, entry));
  EXPECT_EQ(0u, ErrorOf(entry));
}

TEST_F(KeventType, LastCheckDropsWhatIsNoLongerTrue) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(kType, 1, kEvent, KEVENT_REQ_LAST_CHECK | KEVENT_REQ_ET));
  Set("confirm_result", 0);
  Set("fire", 1);
  EXPECT_TRUE(queue.Fetch().empty());
  EXPECT_EQ(0u, queue.Stat().ready);
  Set("confirm_result", 1);
  Set("fire", 1);
  EXPECT_EQ(1u, queue.Fetch().size()) << "it waits again";
}

// The source says no, then fires in another storage before that no has been heard.
TEST_F(KeventType, LastCheckDropsNothingThatFiresMeanwhile) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(kType, 1, kEvent | kOther, KEVENT_REQ_LAST_CHECK | KEVENT_REQ_ET));
  Set("fire", 1);
  Set("confirm_result", 0);
  Set("delays", 0);
  Set("confirm_ms", 200);
  size_t fetched = 0;
  std::thread fetcher([&] { fetched = queue.Fetch().size(); });
  AwaitDelay();
  Set("confirm_result", 1);
  Set("fire_event", 1);
  Set("fire", 1);
  Set("confirm_ms", 0);
  fetcher.join();
  EXPECT_EQ(1u, fetched + queue.Fetch().size());
}

TEST_F(KeventType, LastCheckThatFailsBreaksTheRequest) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(kType, 1, kEvent, KEVENT_REQ_LAST_CHECK));
  Set("fire", 1);
  Set("confirm_result", -EIO);
  const auto events = queue.Fetch();
  ASSERT_EQ(1u, events.size());
  EXPECT_TRUE(events[0].ret_flags & KEVENT_RET_BROKEN);
  EXPECT_EQ(static_cast<uint32_t>(EIO), events[0].ret_data[1]);
}

TEST_F(KeventType, ModifyThatIsRefusedLeavesTheRequestAsItWas) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(kType, 1, kEvent));
  Set("enqueue_result", -EIO);
  ukevent entry = Request(kType, 1, kEvent | 2, KEVENT_REQ_ET);
  EXPECT_EQ(0, queue.Ctl(KEVENT_CTL_MODIFY, entry));
  EXPECT_EQ(static_cast<uint32_t>(EIO), entry.ret_data[1]);
  Set("fire", 1);
  EXPECT_EQ(1u, queue.Fetch().size());
}

TEST_F(KeventType, ModifyToAnotherEventNoLongerHearsTheOld) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(kType, 1, kEvent));
  ukevent entry = Request(kType, 1, 2, KEVENT_REQ_ET);
  ASSERT_EQ(0, queue.Ctl(KEVENT_CTL_MODIFY, entry));
  Set("fire", 1);
  EXPECT_TRUE(queue.Fetch().empty());
}

TEST_F(KeventType, WithdrawnBreaksItsRequestsAndRefusesNewOnes) {
  Queue first;
  Queue second;
  ASSERT_EQ(0, first.Add(kType, 1, kEvent));
  ASSERT_EQ(0, first.Add(KEVENT_UNOTIFY, 9, 1));
  ASSERT_EQ(0, second.Add(kType, 2, kEvent));
  Set("serve", 0);
  for (const Queue* queue : {&first, &second}) {
    const auto events = queue->Fetch();
    ASSERT_EQ(1u, events.size());
    EXPECT_EQ(static_cast<uint32_t>(KEVENT_RET_BROKEN | KEVENT_RET_DONE), events[0].ret_flags);
    EXPECT_EQ(static_cast<uint32_t>(ENODEV), events[0].ret_data[1]);
  }
  EXPECT_EQ(-EINVAL, first.Add(kType, 3, kEvent));
  ukevent entry = Request(kType, 1, kEvent, 0);
  EXPECT_EQ(0, first.Ctl(KEVENT_CTL_MODIFY, entry));
  EXPECT_EQ(static_cast<uint32_t>(ENODEV), entry.ret_data[1]) << "broken for good";
  EXPECT_EQ(0, first.Ctl(KEVENT_CTL_REMOVE, entry));
  EXPECT_EQ(static_cast<uint32_t>(KEVENT_RET_DONE), entry.ret_flags);
  EXPECT_EQ(1, first.Ready(9)) << "other types go on";
  Set("serve", 1);
  EXPECT_EQ(0, first.Add(kType, 1, kEvent));
}

TEST_F(KeventType, CannotBeAddedWhileItIsBeingWithdrawn) {
  Queue first;
  Queue second;
  for (const Queue* queue : {&first, &second}) ASSERT_EQ(0, queue->Add(kType, 1, kEvent));
  Set("add_in_dequeue", 1);
  Set("serve", 0);
  EXPECT_EQ(-EBUSY, Get("add_result"));
  for (const Queue* queue : {&first, &second}) EXPECT_EQ(1u, queue->Fetch().size());
  Set("serve", 1);
  EXPECT_EQ(0, first.Add(kType, 2, kEvent));
}

// While another thread is in the midst of it: what it does must be over first.
class WithdrawnDuring : public KeventType {
 protected:
  template <typename Act>
  void Check(const Act& act) {
    Set("delays", 0);
    Set("delay_ms", 200);
    std::thread thread(act);
    AwaitDelay();
    Set("serve", 0);
    thread.join();
    EXPECT_EQ(0, Get("late_calls"));
    Set("serve", 1);
  }

  Queue queue_;
};

TEST_F(WithdrawnDuring, AnAdd) {
  Check([&] { EXPECT_EQ(0, queue_.Add(kType, 1, kEvent)); });
  const auto events = queue_.Fetch();
  ASSERT_EQ(1u, events.size());
  EXPECT_EQ(static_cast<uint32_t>(ENODEV), ErrorOf(events[0]));
}

TEST_F(WithdrawnDuring, AnAddThatIsRefused) {
  Set("enqueue_result", -EIO);
  Check([&] { EXPECT_EQ(-EIO, queue_.Add(kType, 1, kEvent)); });
  EXPECT_EQ(0u, queue_.Stat().requests);
}

TEST_F(WithdrawnDuring, ARemove) {
  ASSERT_EQ(0, queue_.Add(kType, 1, kEvent));
  Check([&] {
    ukevent entry = Request(kType, 1, kEvent, 0);
    EXPECT_EQ(0, queue_.Ctl(KEVENT_CTL_REMOVE, entry));
  });
  EXPECT_EQ(0u, queue_.Stat().requests);
}

// A page that is not there until it is served: whoever touches it waits.
class ServedPage {
 public:
  ServedPage() : fd_(static_cast<int>(syscall(SYS_userfaultfd, O_CLOEXEC))) {
    if (fd_ < 0) return;
    page_ = mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uffdio_api api{};
    api.api = UFFD_API;
    EXPECT_EQ(0, ioctl(fd_, UFFDIO_API, &api)) << "errno " << errno;
    uffdio_register area{};
    area.range = Range();
    area.mode = UFFDIO_REGISTER_MODE_MISSING;
    EXPECT_EQ(0, ioctl(fd_, UFFDIO_REGISTER, &area)) << "errno " << errno;
  }
  ServedPage(const ServedPage&) = delete;
  ServedPage& operator=(const ServedPage&) = delete;
  ~ServedPage() {
    if (fd_ < 0) return;
    munmap(page_, kSize);
    close(fd_);
  }

  bool Supported() const { return fd_ >= 0; }
  ukevent* events() const { return static_cast<ukevent*>(page_); }

  bool AwaitTouch() const {
    pollfd poll_fd{fd_, POLLIN, 0};
    return poll(&poll_fd, 1, 20'000) == 1;
  }

  void Serve() const {
    uffdio_zeropage zero{};
    zero.range = Range();
    EXPECT_EQ(0, ioctl(fd_, UFFDIO_ZEROPAGE, &zero)) << "errno " << errno;
  }

 private:
  static constexpr size_t kSize = 4096;

  uffdio_range Range() const { return {reinterpret_cast<uintptr_t>(page_), kSize}; }

  int fd_;
  void* page_ = nullptr;
};

TEST_F(KeventType, IsWithdrawnThoughAReaderHangsInAPageFault) {
  const ServedPage page;
  if (!page.Supported()) GTEST_SKIP() << "this kernel has no userfaultfd";
  Queue queue;
  ASSERT_EQ(0, queue.Add(kType, 1, kEvent));
  Set("fire", 1);
  std::thread reader(
      [&] { EXPECT_EQ(1, kevent_get_events(queue.fd(), 1, 1, kNoWait, page.events(), 0)); });
  EXPECT_TRUE(page.AwaitTouch());
  std::atomic<bool> withdrawn{false};
  std::thread withdrawer([&] {
    Set("serve", 0);
    withdrawn = true;
  });
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!withdrawn && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
  EXPECT_TRUE(withdrawn) << "before the page was served";
  page.Serve();
  reader.join();
  withdrawer.join();
  EXPECT_EQ(static_cast<uint32_t>(ENODEV), ErrorOf(page.events()[0]));
  Set("serve", 1);
}

TEST_F(KeventType, IsWithdrawnWhileQueuesOpenAndClose) {
  std::atomic<bool> done{false};
  std::thread opener([&] {
    while (!done) {
      Queue queue(4);
      for (uint32_t label = 0; label < 4; ++label) queue.Add(kType, label, kEvent);
      queue.Fetch();
    }
  });
  std::thread firer([&] {
    while (!done) Set("fire", 100);
  });
  for (int i = 0; i < 100; ++i) {
    Set("serve", 0);
    Set("serve", 1);
  }
  done = true;
  opener.join();
  firer.join();
}

TEST_F(KeventType, AModuleMakesUnotifyRequestsOfAllQueuesReady) {
  Queue first;
  Queue second;
  ASSERT_EQ(0, first.Add(KEVENT_UNOTIFY, 77, 1));
  ASSERT_EQ(0, second.Add(KEVENT_UNOTIFY, 77, 1));
  ASSERT_EQ(0, second.Add(KEVENT_UNOTIFY, 78, 1));
  Set("unotify", 77);
  EXPECT_EQ(std::vector<uint32_t>{77}, first.FetchLabels());
  const auto events = second.Fetch();
  ASSERT_EQ(1u, events.size());
  EXPECT_EQ(42u, events[0].ret_data[1]);
}

TEST_F(KeventType, AFullStorageIsNoSpace) {
  constexpr uint32_t kStorageMax = 16384;
  std::vector<std::unique_ptr<Queue>> queues(kStorageMax / KEVENT_MAX_REQUESTS);
  for (auto& queue : queues) {
    queue = std::make_unique<Queue>(0);
    for (uint32_t i = 0; i < KEVENT_MAX_REQUESTS; ++i) ASSERT_EQ(0, queue->Add(kType, i, kEvent));
  }
  Queue one_more;
  EXPECT_EQ(-ENOSPC, one_more.Add(kType, 1, kEvent));
  queues.clear();
  EXPECT_EQ(0, one_more.Add(kType, 1, kEvent));
}

}  // namespace
}  // namespace s390log::test
