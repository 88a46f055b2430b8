// SPDX-License-Identifier: MIT
// A queue of /dev/kevent that hears of every s390_log event.
//
// One request per event bit and slot: the bit lets a kevent name its event even if its record was
// lost; the slots let several events of one kind be known one by one before we come to fetch them.
// KEVENT_REQ_ET rearms a request when it is fetched. Not KEVENT_REQ_WAKEUP_ALL: one event would
// fill all slots with its own number.
#pragma once

#include <linux/kevent.h>

#include <cstdint>
#include <string>

#include "s390log/mapping.h"
#include "s390log/notice_queue.h"
#include "s390log/unique_fd.h"

namespace s390log {

class KeventQueue : public NoticeQueue {
 public:
  static constexpr uint32_t kMaxSlots = 128;  // 32 event bits of them are KEVENT_MAX_REQUESTS

  // Subscribes to each bit of `events` with `slots` requests. Throws std::system_error or
  // std::runtime_error with a sentence that names the remedy.
  KeventQueue(const std::string& path, uint32_t events, uint32_t slots);

  size_t Drain(Matcher& matcher) override;
  int Fd() const override { return fd_.Get(); }
  NoticeCounts Counts() const override;

 private:
  void CheckAbi() const;
  void InitRing(uint32_t requests);
  void Subscribe(uint32_t events, uint32_t slots);
  uint32_t Wait(uint32_t num);
  ukevent Entry(uint32_t index) const;
  void Commit();

  UniqueFd fd_;
  std::optional<Mapping> ring_;
  uint32_t ring_size_ = 0;
  uint32_t tail_ = 0;  // events ever committed
  uint32_t uidx_ = 0;  // the same as a slot and how often that has wrapped
  uint32_t over_ = 0;
};

}  // namespace s390log
