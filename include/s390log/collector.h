// SPDX-License-Identifier: MIT
// Drives reader, kevent queue and matcher so that nothing is missed and nothing waits on a timer.
//
// Why a reader that sleeps on the kevent queue alone misses nothing, although kevents coalesce:
// an event either takes a free request, and then the queue has something ready and wakes us; or it
// coalesces, because all requests for it are ready, and then too the queue has something ready. So
// whoever has emptied the queue and *then* reads S (R1) and finds that he has delivered everything
// up to S may sleep: any later event finds the requests rearmed, or makes the queue ready. The
// order is the point. S must be read after the last Drain(), and if it is above what was delivered,
// there is another round instead of sleep.
//
// Why the matching is exact: a writer makes its kevent ready (W4) before it leaves its section
// (W5). All numbers up to low have left theirs. A Drain() after Look() therefore fetches every
// kevent that these numbers will ever have, provided that it takes all that is ready: the ring has
// a slot for each request.
//
// Why S > low must not sleep: the kevent becomes ready *inside* the writer's section, so it may
// have woken us already, and leaving the section wakes nobody. The writer has its interrupts off
// and is done in a moment; we look again, and yield the CPU between looks.
//
// Not thread-safe.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include "s390log/channel_reader.h"
#include "s390log/matcher.h"
#include "s390log/notice_queue.h"

namespace s390log {

enum class CollectState {
  kIdle,    // everything up to S is delivered, S read after the last drain: sleep on the queue
  kMore,    // the limit was reached: call again when there is room
  kBehind,  // a writer has stayed in its section for kMaxYields looks: its CPU has lost the
            // processor to a hypervisor. Call again after a very short sleep.
};

class Collector {
 public:
  using Taker = std::function<void(const Outcome&)>;

  // Looks without progress before kBehind.
  static constexpr int kMaxYields = 1000;

  // Both outlive the collector.
  Collector(Channel& channel, NoticeQueue& notices) : reader_(channel), notices_(notices) {}

  // Delivers at most `limit` outcomes.
  CollectState Collect(size_t limit, const Taker& take);

  // Everything up to `taken` is safe in all sinks.
  void GiveBack(SequenceNumber taken) { reader_.GiveBack(taken); }

  void SetMode(ChannelMode mode) { reader_.SetMode(mode); }

  const ChannelReader& Reader() const { return reader_; }
  const Matcher& GetMatcher() const { return matcher_; }

 private:
  bool AllYielded() const { return !matcher_.Pending() && reader_.Delivered() >= reader_.Low(); }
  bool CaughtUp() const { return !matcher_.Pending() && reader_.Delivered() >= reader_.Emitted(); }
  void Look();

  ChannelReader reader_;
  NoticeQueue& notices_;
  Matcher matcher_;
  bool drained_ = false;  // the queue has been drained since the last look
};

}  // namespace s390log
