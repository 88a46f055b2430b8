// SPDX-License-Identifier: MIT
#include "logd/syslog_sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "s390log/failpoint.h"

namespace s390log {
namespace {

constexpr size_t kCountRoom = 8;  // of octet counting: digits and the space

}  // namespace

SyslogSink::SyslogSink(std::unique_ptr<SyslogTransport> transport, SyslogSinkOptions options)
    : transport_(std::move(transport)), options_(std::move(options)), encoder_(options_.origin) {}

void SyslogSink::Follow(const Backlog& backlog, Clock::time_point now) {
  Reconcile(transport_->Step(now), now);
  // Now, for as long as there is more to send not everything is acknowledged behind a Send().
  if (Up() && transport_->AllAcknowledged())
    safe_ = std::max(safe_, FirstInDoubt(now - options_.doubt_time));
  const Clock::time_point enough = Clock::now() + kTurnTime;
  do {
    if (go_back_) GoBack(backlog);
    MakeFrames(backlog);
    if (Idle()) {
      if (Up()) taken_ = std::max(taken_, next_);  // nothing, or entries that had expired
      return;
    }
    if (!SendFrames(now)) {
      Reconcile(transport_->Step(now), now);
      return;
    }
  } while (Clock::now() < enough);
}

void SyslogSink::Reconcile(SyslogTransport::Change change, Clock::time_point now) {
  using Change = SyslogTransport::Change;
  if (change == Change::kNone) return;
  if (change == Change::kUp) {
    if (sent_ > 0) taken_ = std::max(taken_, frames_[sent_ - 1].index + 1);
    return;
  }
  const Clock::duration doubt =
      change == Change::kClosed ? Clock::duration(options_.doubt_time) : Clock::duration(kKeepTime);
  Forget(SentBefore(now - doubt));
  DropMarks(now - std::min<Clock::duration>(doubt, kQueueTime));
  safe_ = FirstInDoubt(Clock::time_point::min());
  go_back_ = !marks_.empty();
  for (size_t i = 0; i < sent_; ++i) repeated_ += frames_[i].index < taken_ ? 1 : 0;
  sent_ = 0;
  offset_ = 0;  // half a message is none: it ends with the connection
  kept_bytes_ = 0;
}

// How many of the frames.
size_t SyslogSink::SentBefore(Clock::time_point time) const {
  const auto end = frames_.begin() + static_cast<std::ptrdiff_t>(sent_);
  const auto after = std::partition_point(frames_.begin(), end,
                                          [time](const Frame& frame) { return frame.sent < time; });
  return static_cast<size_t>(after - frames_.begin());
}

// What is not kept here any more can be made again if the store has it; the messages that are kept
// come behind it, and are made again with it.
void SyslogSink::GoBack(const Backlog& backlog) {
  while (!marks_.empty() && !backlog.Find(marks_.front().index)) marks_.pop_front();
  go_back_ = false;
  if (marks_.empty()) return;
  const uint64_t kept = frames_.empty() ? next_ : frames_.front().index;
  repeated_ += std::min(kept, taken_) - std::min(marks_.front().index, taken_);
  next_ = marks_.front().index;
  frames_.clear();
  marks_.clear();
}

void SyslogSink::LeaveMark(const Frame& frame) {
  if (marks_.empty() || frame.sent - marks_.back().sent >= kMarkTime) {
    marks_.push_back({frame.index, frame.sent});
  }
}

// Of which all was sent before.
void SyslogSink::DropMarks(Clock::time_point time) {
  while (!marks_.empty() && marks_.front().sent + kMarkTime < time) marks_.pop_front();
}

// The first entry that was not sent before that time.
uint64_t SyslogSink::FirstInDoubt(Clock::time_point since) const {
  for (const Mark& mark : marks_) {
    if (mark.sent + kMarkTime >= since) return mark.index;
  }
  const size_t sure = SentBefore(since);
  return sure < frames_.size() ? frames_[sure].index : next_;
}

// Of the frames that are sent.
void SyslogSink::Forget(size_t count) {
  for (size_t i = 0; i < count; ++i) {
    kept_bytes_ -= frames_.front().bytes.size();
    frames_.pop_front();
  }
  sent_ -= count;
}

size_t SyslogSink::Limit() const {
  const size_t piece = transport_->MaxPiece();
  const size_t frame = options_.framing == SyslogFraming::kNone ? 0 : kCountRoom;
  return std::max(SyslogEncoder::kMinLimit, std::min(options_.max_message, piece - frame));
}

void SyslogSink::MakeFrames(const Backlog& backlog) {
  while (next_ < backlog.End() && frames_.size() - sent_ < kMaxBatch) {
    const auto entry = backlog.Find(next_);
    if (entry) MakeFrame(*entry);
    if (!entry && next_ >= seen_) ++expired_;
    ++next_;
  }
  seen_ = std::max(seen_, next_);
}

void SyslogSink::MakeFrame(const Entry& entry) {
  const std::string& message = encoder_.Encode(entry.event, entry.boot_id, Limit());
  std::string bytes;
  bytes.reserve(message.size() + kCountRoom);
  if (options_.framing == SyslogFraming::kOctetCounting) {
    bytes += fmt::format_int(message.size()).c_str();
    bytes += ' ';
  }
  bytes += message;
  if (options_.framing == SyslogFraming::kLineFeed) bytes += '\n';
  frames_.push_back({std::move(bytes), next_, encoder_.Cut()});
}

// The path takes less than it did, or than was thought: makes them anew. (What is sent again may be
// nowhere any more, if there is no store.)
bool SyslogSink::DropLongFrames() {
  const size_t max = transport_->MaxPiece();
  if (max == SIZE_MAX) return false;
  for (size_t i = sent_; i < frames_.size(); ++i) {
    if (frames_[i].bytes.size() <= max) continue;
    next_ = frames_[i].index;
    frames_.erase(frames_.begin() + static_cast<std::ptrdiff_t>(i), frames_.end());
    return true;
  }
  return false;
}

// False: no more for now.
bool SyslogSink::SendFrames(Clock::time_point now) {
  if (DropLongFrames()) return true;
  std::array<iovec, kMaxBatch> pieces;
  const size_t count = std::min(kMaxBatch, frames_.size() - sent_);
  for (size_t i = 0; i < count; ++i) {
    std::string& frame = frames_[sent_ + i].bytes;
    const size_t skip = i == 0 ? offset_ : 0;
    pieces[i] = {frame.data() + skip, frame.size() - skip};
  }
  const std::optional<size_t> bytes = transport_->Send({pieces.data(), count}, now);
  if (!bytes || *bytes == 0) return false;
  Failpoint("syslog-sent");
  Sent(*bytes, now);
  TrimKept(now);
  return true;
}

void SyslogSink::Sent(size_t bytes, Clock::time_point now) {
  offset_ += bytes;
  while (sent_ < frames_.size() && offset_ >= frames_[sent_].bytes.size()) {
    Frame& frame = frames_[sent_];
    offset_ -= frame.bytes.size();
    kept_bytes_ += frame.bytes.size();
    frame.sent = now;
    if (frame.cut && frame.index >= taken_) ++cut_;
    ++sent_;
    // Frames that are sent again were taken before.
    if (Up()) taken_ = std::max(taken_, frame.index + 1);
  }
}

void SyslogSink::TrimKept(Clock::time_point now) {
  size_t old = 0;
  size_t bytes = kept_bytes_;
  for (; old < sent_ && bytes > kKeepBytes; ++old) {
    bytes -= frames_[old].bytes.size();
    LeaveMark(frames_[old]);
  }
  if (transport_->AllAcknowledged()) {
    old = std::max(old, SentBefore(now - kKeepTime));
    DropMarks(now - kQueueTime);
  }
  Forget(old);
}

void SyslogSink::Finish(Clock::time_point deadline) {
  finished_ = Up() && Idle() && transport_->Finish(deadline);
}

Wait SyslogSink::GetWait(const Backlog& backlog) const {
  return transport_->GetWait(!Idle() || next_ < backlog.End());
}

SinkReport SyslogSink::Report() const {
  return {options_.name, Up(), transport_->Reason(), taken_ - start_, repeated_, expired_, cut_};
}

}  // namespace s390log
