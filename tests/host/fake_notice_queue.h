// SPDX-License-Identifier: MIT
// Kevents without a kernel: so many requests for each event, rearmed when they are fetched. An
// event that finds none free coalesces. Thread-safe on the side that posts.
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>

#include "s390log/notice_queue.h"
#include "s390log/unique_fd.h"

namespace s390log {

class FakeNoticeQueue : public NoticeQueue {
 public:
  explicit FakeNoticeQueue(size_t slots) : slots_(slots), fd_(::eventfd(0, EFD_NONBLOCK)) {}

  void Post(uint32_t event, SequenceNumber sequence) {
    const std::lock_guard lock(mutex_);
    if (used_[event] == slots_) {
      ++counts_.coalesced;
      return;
    }
    ++used_[event];
    ready_.push_back({sequence, event});
    const uint64_t one = 1;
    (void)!::write(fd_.Get(), &one, sizeof(one));
  }

  size_t Drain(Matcher& matcher) override {
    const std::lock_guard lock(mutex_);
    size_t count = 0;
    while (!ready_.empty() && matcher.Room() > 0) {
      matcher.Note(ready_.front());
      --used_[ready_.front().event];
      ready_.pop_front();
      ++count;
    }
    uint64_t ignored;
    if (ready_.empty()) (void)!::read(fd_.Get(), &ignored, sizeof(ignored));
    counts_.delivered += count;
    ++drains_;
    return count;
  }

  int Fd() const override { return fd_.Get(); }

  NoticeCounts Counts() const override {
    const std::lock_guard lock(mutex_);
    return counts_;
  }

  int Drains() const { return drains_; }

 private:
  size_t slots_;
  UniqueFd fd_;
  mutable std::mutex mutex_;
  std::deque<Notice> ready_;
  std::map<uint32_t, size_t> used_;
  NoticeCounts counts_;
  int drains_ = 0;
};

}  // namespace s390log
