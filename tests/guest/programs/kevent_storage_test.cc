// SPDX-License-Identifier: MIT
//
// Storages of objects that come and go while their type stays; needs the module kevent_test_type.
#include <atomic>
#include <thread>

#include "tests/guest/programs/kevent_type.h"

namespace s390log::test {
namespace {

class KeventStorage : public KeventType {
 protected:
  // Storage 0 is that of kEvent; kOther has another.
  void Renew() {
    Set("free_storage", 0);
    Set("new_storage", 0);
  }

  void ExpectBroken(const Queue& queue, const std::vector<uint32_t>& labels) {
    std::vector<uint32_t> broken;
    for (const ukevent& event : queue.Fetch()) {
      EXPECT_EQ(static_cast<uint32_t>(ENODEV), ErrorOf(event)) << event.id.raw[0];
      broken.push_back(event.id.raw[0]);
    }
    EXPECT_EQ(labels, broken);
  }
};

TEST_F(KeventStorage, ThatEndsBreaksItsRequestsAndNoOthers) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(kType, 1, kEvent));
  ASSERT_EQ(0, queue.Add(kType, 2, kEvent | kOther));
  ASSERT_EQ(0, queue.Add(kType, 3, kOther));
  Set("end_storage", 0);
  ExpectBroken(queue, {1, 2});
  Set("fire_event", 1);
  Set("fire", 1);
  EXPECT_EQ(std::vector<uint32_t>{3}, queue.FetchLabels());
  Renew();
}

TEST_F(KeventStorage, ThatHasEndedTakesNoRequests) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(kType, 1, kEvent));
  ASSERT_EQ(0, queue.Add(kType, 2, kOther));
  Set("end_storage", 0);
  ExpectBroken(queue, {1});
  EXPECT_EQ(-ENODEV, queue.Add(kType, 3, kEvent));
  for (uint32_t label : {1u, 2u}) {
    ukevent entry = Request(kType, label, kEvent | kOther, KEVENT_REQ_ET);
    EXPECT_EQ(0, queue.Ctl(KEVENT_CTL_MODIFY, entry));
    EXPECT_EQ(static_cast<uint32_t>(ENODEV), ErrorOf(entry)) << label;
  }
  Set("fire_event", 1);
  Set("fire", 1);
  EXPECT_EQ(std::vector<uint32_t>{2}, queue.FetchLabels()) << "it is as it was";
  Renew();
  EXPECT_EQ(0, queue.Add(kType, 3, kEvent));
}

TEST_F(KeventStorage, MayBeFreedBeforeItsRequests) {
  Queue queue;
  for (uint32_t label = 0; label < 4; ++label)
    ASSERT_EQ(0, queue.Add(kType, label, kEvent | kOther,
                           KEVENT_REQ_ET | KEVENT_REQ_WAKEUP_ALL | KEVENT_REQ_LAST_CHECK));
  Set("fire", 1);
  Set("free_storage", 0);
  ExpectBroken(queue, {0, 1, 2, 3});
  ukevent entry = Request(kType, 0, kEvent, 0);
  EXPECT_EQ(0, queue.Ctl(KEVENT_CTL_REMOVE, entry));
  EXPECT_EQ(0u, ErrorOf(entry));
  EXPECT_EQ(0, queue.Add(kType, 0, kOther));
  Set("new_storage", 0);
  EXPECT_EQ(0, queue.Add(kType, 4, kEvent));
  Set("fire", 1);
  EXPECT_EQ(std::vector<uint32_t>{4}, queue.FetchLabels()) << "the old ones are not in the new";
}

TEST_F(KeventStorage, ARequestThatBrokeBeforeTouchesItNoMore) {
  Queue queue;
  ASSERT_EQ(0, queue.Add(kType, 1, kEvent));
  Set("callback_result", -EPIPE);
  Set("fire", 1);
  Renew();
  const auto events = queue.Fetch();
  ASSERT_EQ(1u, events.size());
  EXPECT_EQ(static_cast<uint32_t>(EPIPE), ErrorOf(events[0])) << "the first reason counts";
}

TEST_F(KeventStorage, ComesAndGoesWhileQueuesUseIt) {
  std::atomic<bool> done{false};
  std::thread user([&] {
    while (!done) {
      Queue queue(4);
      for (uint32_t label = 0; label < 4; ++label)
        queue.Add(kType, label, kEvent | kOther, KEVENT_REQ_ET | KEVENT_REQ_LAST_CHECK);
      queue.Fetch();
      ukevent entry = Request(kType, 1, kOther, KEVENT_REQ_ET | KEVENT_REQ_LAST_CHECK);
      queue.Ctl(KEVENT_CTL_MODIFY, entry);
      queue.Ctl(KEVENT_CTL_REMOVE, entry);
      queue.Fetch();
    }
  });
  for (int i = 0; i < 50; ++i) {
    Set("fire", 10);
    Renew();
  }
  done = true;
  user.join();
}

}  // namespace
}  // namespace s390log::test
