// SPDX-License-Identifier: MIT
#include "logd/json_sink.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <system_error>

#include "logd/json_format.h"

namespace s390log {
namespace {

UniqueFd Open(const std::string& path) {
  UniqueFd fd(path == "-" ? ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
                          : ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644));
  if (!fd) throw std::system_error(errno, std::system_category(), "cannot write to " + path);
  return fd;
}

// A pipe or a terminal that poll() calls writable takes PIPE_BUF bytes without blocking, although
// its descriptor blocks. (It may be shared with others, so it is not ours to make non-blocking.)
size_t MaxWrite(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) return JsonSink::kMaxBatchBytes * 2;
  return PIPE_BUF;
}

}  // namespace

JsonSink::JsonSink(const std::string& path)
    : path_(path), fd_(Open(path)), max_write_(MaxWrite(fd_.Get())) {}

void JsonSink::Follow(const Backlog& backlog, Clock::time_point now) {
  if (retry_ && now < *retry_) return;
  while (true) {
    if (Flushed()) FillBatch(backlog);
    if (Flushed()) {
      taken_ = next_;  // nothing, or entries that had expired
      return;
    }
    switch (WriteBatch()) {
      case WriteResult::kAll:
        taken_ = next_;
        retry_.reset();
        reason_.clear();
        backoff_.Succeeded();
        break;
      case WriteResult::kWouldBlock:
        retry_.reset();
        return;
      case WriteResult::kFailed:
        reason_ = std::strerror(errno);
        retry_ = backoff_.Failed(now);
        return;
    }
  }
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

bool JsonSink::Writable() const {
  pollfd poll_fd{fd_.Get(), POLLOUT, 0};
  return ::poll(&poll_fd, 1, 0) > 0;
}

JsonSink::WriteResult JsonSink::WriteBatch() {
  while (written_ < batch_.size()) {
    if (!Writable()) return WriteResult::kWouldBlock;
    const size_t length = std::min(batch_.size() - written_, max_write_);
    const ssize_t count = ::write(fd_.Get(), batch_.data() + written_, length);
    if (count >= 0) {
      written_ += static_cast<size_t>(count);
    } else if (errno == EAGAIN) {
      return WriteResult::kWouldBlock;
    } else if (errno != EINTR) {
      return WriteResult::kFailed;
    }
  }
  return WriteResult::kAll;
}

Wait JsonSink::GetWait(const Backlog& backlog) const {
  if (retry_) return {-1, 0, retry_};
  const bool more = !Flushed() || next_ < backlog.End();
  return more ? Wait{fd_.Get(), POLLOUT, std::nullopt} : Wait{};
}

SinkReport JsonSink::Report() const {
  return {"json " + path_, Up(), reason_, taken_ - start_, 0, expired_};
}

}  // namespace s390log
