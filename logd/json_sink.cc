// SPDX-License-Identifier: MIT
#include "logd/json_sink.h"

#include <poll.h>

#include "logd/json_format.h"
#include "s390log/failpoint.h"

namespace s390log {
namespace {

// How each of our lines begins.
constexpr std::string_view kLineStart = "{\"boot_id\":\"";

}  // namespace

void JsonSink::Follow(const Backlog& backlog, Clock::time_point now) {
  if (retry_ && now < *retry_) return;
  const Clock::time_point enough = Clock::now() + kTurnTime;
  bool blocked = false;
  do {
    if (Flushed()) FillBatch(backlog);
    // It is opened at once, not with the first event: the operator shall hear if it cannot be.
    if (!Ready() || !WriteBatch(blocked)) return Fail(now);
    retry_.reset();
    reason_.clear();
    backoff_.Succeeded();
    if (Flushed()) taken_ = next_;
  } while (!blocked && next_ < backlog.End() && Clock::now() < enough);
}

void JsonSink::Fail(Clock::time_point now) {
  reason_ = file_.Fault();
  retry_ = backoff_.Failed(now);
  // A file system that comes back is another one. Standard output stays what it is.
  if (file_.Path() != "-") Reopen();
}

void JsonSink::Reopen() {
  if (file_.Path() == "-") return;
  BackToLine();
  file_.Close();
}

// The line that is not finished comes once more, whole; its first half goes.
void JsonSink::BackToLine() {
  if (Flushed()) return;
  const size_t end = written_ == 0 ? std::string::npos : batch_.rfind('\n', written_ - 1);
  const size_t line = end == std::string::npos ? 0 : end + 1;
  if (file_.IsOpen()) file_.TakeBack(written_ - line);
  written_ = line;
}

void JsonSink::FillBatch(const Backlog& backlog) {
  batch_.clear();
  written_ = 0;
  while (next_ < backlog.End() && batch_.size() < kMaxBatchBytes) {
    const auto entry = backlog.Find(next_);
    if (entry) AppendJsonLine(batch_, entry->event, entry->boot_id);
    if (!entry) ++expired_;
    ++next_;
  }
}

bool JsonSink::Ready() {
  if (!file_.IsOpen() && !file_.Open(kLineStart)) return false;
  return written_ != 0 || file_.RotateFor(batch_.size());
}

// False: it has failed. `blocked`: the other end takes no more for now.
bool JsonSink::WriteBatch(bool& blocked) {
  while (!Flushed()) {
    size_t count = 0;
    const auto result = file_.Write(std::string_view(batch_).substr(written_), count);
    if (result == LineFile::Result::kFailed) return false;
    blocked = result == LineFile::Result::kWouldBlock;
    if (blocked) return true;
    written_ += count;
    Failpoint("json-written");
  }
  return true;
}

Wait JsonSink::GetWait(const Backlog& backlog) const {
  if (retry_) return {-1, 0, retry_};
  const bool more = !Flushed() || next_ < backlog.End();
  if (more && !file_.IsOpen()) return {-1, 0, Clock::time_point::min()};
  return more ? Wait{file_.Fd(), POLLOUT, std::nullopt} : Wait{};
}

SinkReport JsonSink::Report() const {
  return {"json " + file_.Path(), Up(), reason_, taken_ - start_, 0, expired_};
}

}  // namespace s390log
