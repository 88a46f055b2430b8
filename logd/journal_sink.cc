// SPDX-License-Identifier: MIT
#include "logd/journal_sink.h"

#include <poll.h>

#include <algorithm>

namespace s390log {

void JournalSink::Follow(const Backlog& backlog, Clock::time_point now) {
  if (retry_ && now < *retry_) return;
  if (!socket_.IsOpen() && !socket_.Open()) return Fail(now);
  retry_.reset();
  reason_.clear();
  // Twice: what was read makes room, and what is sent now may be read already.
  if (!Confirm(now) || !SendBatches(backlog) || !Confirm(now)) Fail(now);
}

// False: the socket has gone.
bool JournalSink::SendBatches(const Backlog& backlog) {
  full_ = false;
  const Clock::time_point enough = Clock::now() + kTurnTime;
  while (next_ - taken_ < kMaxUnread && Clock::now() < enough) {
    if (batch_.empty()) FillBatch(backlog);
    if (batch_.empty()) break;
    const auto result = socket_.Send(batch_);
    if (result == JournalSocket::Result::kBroken) return false;
    full_ = result == JournalSocket::Result::kFull;
    if (full_) break;
    backoff_.Succeeded();
    next_ = filled_;
    batch_.clear();
    ask_.reset();  // it reads: it may soon be done
    pause_ = kFirstAsk;
  }
  if (batch_.empty()) next_ = filled_;  // behind entries that had expired
  return true;
}

void JournalSink::FillBatch(const Backlog& backlog) {
  while (filled_ < backlog.End() && batch_.size() < kMaxBatchBytes) {
    const auto entry = backlog.Find(filled_);
    if (entry) AppendJournalEntry(batch_, entry->event, entry->boot_id, origin_);
    if (!entry) ++expired_;
    ++filled_;
  }
}

bool JournalSink::Confirm(Clock::time_point now) {
  if (next_ == taken_ || (ask_ && now < *ask_ && !full_)) return true;
  const auto receipt = socket_.AllRead();
  if (receipt == JournalSocket::Receipt::kBroken) return false;
  if (receipt == JournalSocket::Receipt::kRead) {
    taken_ = next_;
    ask_.reset();
    pause_ = kFirstAsk;
  } else {
    ask_ = now + pause_;
    pause_ = std::min(2 * pause_, kLastAsk);
  }
  return true;
}

void JournalSink::Fail(Clock::time_point now) {
  reason_ = socket_.Fault();
  socket_.Close();
  repeated_ += next_ - taken_;
  next_ = filled_ = taken_;
  batch_.clear();
  full_ = false;
  ask_.reset();
  pause_ = kFirstAsk;
  retry_ = backoff_.Failed(now);
}

Wait JournalSink::GetWait(const Backlog& backlog) const {
  if (retry_) return {-1, 0, retry_};
  if (!socket_.IsOpen()) return {-1, 0, Clock::time_point::min()};
  Wait wait;
  const bool more = !batch_.empty() || next_ < backlog.End();
  if (more && next_ - taken_ < kMaxUnread) wait = {socket_.Fd(), POLLOUT, std::nullopt};
  if (next_ != taken_) wait.deadline = ask_.value_or(Clock::time_point::min());
  return wait;
}

SinkReport JournalSink::Report() const {
  return {"journal " + socket_.Path(), Up(), reason_, taken_ - start_, repeated_, expired_};
}

}  // namespace s390log
