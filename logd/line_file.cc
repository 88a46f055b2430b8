// SPDX-License-Identifier: MIT
#include "logd/line_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>

#include "s390log/failpoint.h"

namespace s390log {
namespace {

constexpr int kMode = 0640;  // events are for the owner and the group, as in the store

// Standard output may be shared with others, so it is not ours to make non-blocking.
UniqueFd OpenAny(const std::string& path) {
  if (path == "-") return UniqueFd(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0));
  // Reading it is for Mend(). A pipe would then have a reader for ever: us.
  constexpr int kFlags = O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  struct stat status {};
  const bool other = ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
  return UniqueFd(::open(path.c_str(), kFlags | (other ? O_WRONLY : O_RDWR), kMode));
}

bool Exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

// A pipe or a terminal that poll() calls writable takes PIPE_BUF bytes without blocking, although
// its descriptor may block; and a pipe takes so many wholly or not at all. So no half line is left
// in it, unless the line is longer.
size_t PipeLength(std::string_view bytes) {
  if (bytes.size() <= PIPE_BUF) return bytes.size();
  const size_t end = bytes.rfind('\n', PIPE_BUF - 1);
  return end == std::string_view::npos ? size_t{PIPE_BUF} : end + 1;
}

}  // namespace

bool LineFile::Fail(const char* what) {
  const char* why = std::strerror(errno);
  fault_ = *what == '\0' ? why : fmt::format("{}: {}", what, why);
  return false;
}

bool LineFile::Open(std::string_view start) {
  fd_ = OpenAny(path_);
  if (!fd_ && errno == ENXIO) {
    fault_ = "nobody reads the pipe";
    return false;
  }
  if (!fd_) return Fail("cannot be opened");
  struct stat status {};
  if (::fstat(fd_.Get(), &status) < 0) return Fail("cannot be looked at");
  regular_ = S_ISREG(status.st_mode);
  size_ = regular_ ? static_cast<uint64_t>(status.st_size) : 0;
  // What standard output was redirected to is not ours to mend.
  if (!regular_ || size_ == 0 || path_ == "-" || Mend(start)) return true;
  fd_.Reset();
  return false;
}

bool LineFile::Mend(std::string_view start) {
  std::string tail(std::min<uint64_t>(size_, kMaxLine), '\0');
  const ssize_t count =
      ::pread(fd_.Get(), tail.data(), tail.size(), static_cast<off_t>(size_ - tail.size()));
  if (count != static_cast<ssize_t>(tail.size())) return Fail("its end cannot be read");
  if (tail.back() == '\n') return true;
  const size_t end = tail.rfind('\n');
  const std::string_view half =
      std::string_view(tail).substr(end == std::string::npos ? 0 : end + 1);
  const size_t common = std::min(half.size(), start.size());
  const bool whole =
      end != std::string::npos || tail.size() == size_;  // the half line is all there
  if (whole && half.substr(0, common) == start.substr(0, common)) {
    if (::ftruncate(fd_.Get(), static_cast<off_t>(size_ - half.size())) < 0) {
      return Fail("half a line at its end cannot be taken off");
    }
    size_ -= half.size();
    return true;
  }
  if (::write(fd_.Get(), "\n", 1) != 1) return Fail("its last line cannot be ended");
  ++size_;
  return true;
}

// Number 1 becomes free. A hole (a shift that was cut short) is filled before anything is dropped.
bool LineFile::Shift() {
  uint32_t free = 1;
  while (free < rotation_.keep && Exists(Numbered(free))) ++free;
  for (; free > 1; --free) {
    if (std::rename(Numbered(free - 1).c_str(), Numbered(free).c_str()) < 0) return false;
    Failpoint("rotate-shifting");
  }
  return true;
}

bool LineFile::RotateFor(size_t bytes) {
  const bool due = regular_ && path_ != "-" && rotation_.max_bytes != 0 && size_ != 0 &&
                   size_ + bytes > rotation_.max_bytes;
  if (!due) return true;
  const bool kept = rotation_.keep != 0;
  if (kept && !Shift()) return Fail("cannot be rotated");
  Failpoint("rotate-shifted");
  const int rc = kept ? std::rename(path_.c_str(), Numbered(1).c_str()) : ::unlink(path_.c_str());
  if (rc < 0 && errno != ENOENT) return Fail("cannot be rotated");
  Failpoint("rotate-renamed");
  Close();
  return Open("");
}

LineFile::Result LineFile::Write(std::string_view bytes, size_t& count) {
  count = 0;
  if (!regular_) {
    pollfd ready{fd_.Get(), POLLOUT, 0};
    if (::poll(&ready, 1, 0) <= 0) return Result::kWouldBlock;
    bytes = bytes.substr(0, PipeLength(bytes));
  }
  const ssize_t written = ::write(fd_.Get(), bytes.data(), bytes.size());
  if (written < 0 && (errno == EAGAIN || errno == EINTR)) return Result::kWouldBlock;
  if (written < 0) {
    Fail("");
    return Result::kFailed;
  }
  count = static_cast<size_t>(written);
  size_ += count;
  return Result::kSome;
}

void LineFile::TakeBack(size_t bytes) {
  if (!regular_ || bytes == 0 || path_ == "-") return;
  // If it cannot be done now, Open() does it.
  if (::ftruncate(fd_.Get(), static_cast<off_t>(size_ - bytes)) == 0) size_ -= bytes;
}

}  // namespace s390log
