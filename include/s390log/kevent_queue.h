// SPDX-License-Identifier: MIT
// A queue of /dev/kevent, by way of libkevent, that hears of every s390_log event.
//
// One request per event bit and slot: the bit lets a kevent name its event even if its record was
// lost; the slots let several events of one kind be known one by one before we come to fetch them.
// KEVENT_REQ_ET rearms a request when it is fetched. Not KEVENT_REQ_WAKEUP_ALL: one event would
// fill all slots with its own number.
#pragma once

#include <cstdint>
#include <memory>

#include "s390log/kevent.h"
#include "s390log/notice_queue.h"
#include "s390log/unique_fd.h"

namespace s390log {

class KeventQueue : public NoticeQueue {
 public:
  static constexpr uint32_t kMaxSlots = 128;  // 32 event bits of them are KEVENT_MAX_REQUESTS

  // Subscribes to each bit of `events` with `slots` requests. Throws std::system_error or
  // std::runtime_error with a sentence that names the remedy.
  KeventQueue(uint32_t events, uint32_t slots);

  size_t Drain(Matcher& matcher) override;
  int Fd() const override { return fd_.Get(); }
  NoticeCounts Counts() const override;

 private:
  struct Unmap {
    void operator()(const kevent_ring* ring) const { kevent_ring_unmap(ring); }
  };

  void CheckAbi() const;
  void Subscribe(uint32_t events, uint32_t slots);
  void Wait(uint32_t num);
  void Commit();

  uint32_t ring_size_;  // at least one slot for each request: one wait takes all that is ready
  UniqueFd fd_;
  std::unique_ptr<const kevent_ring, Unmap> ring_;
  uint32_t tail_ = 0;  // events ever committed
  uint32_t uidx_ = 0;  // the same as a slot and how often that has wrapped
  uint32_t over_ = 0;
};

}  // namespace s390log
