// SPDX-License-Identifier: MIT
#include "s390log/capture_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>

#include "s390log/capture_files.h"

namespace s390log {
namespace {

constexpr mode_t kFileMode = 0640;

[[noreturn]] void Throw(int error, const std::string& what) {
  throw std::system_error(error, std::system_category(), what);
}

}  // namespace

CaptureWriter::CaptureWriter(const std::string& folder, uint32_t cpu, uint32_t subbuf_size,
                             const CaptureLimits& limits)
    : folder_(folder), cpu_(cpu), subbuf_size_(subbuf_size), limits_(limits) {}

uint64_t CaptureWriter::SubbufsPerFile() const {
  if (limits_.file_size == 0) return UINT64_MAX;
  return std::max<uint64_t>(1, limits_.file_size / subbuf_size_);
}

void CaptureWriter::Begin() {
  if (!fd_ || subbufs_ == SubbufsPerFile()) Open();
  ++subbufs_;
}

void CaptureWriter::Open() {
  const bool rotates = limits_.file_size != 0;
  const auto index = rotates ? std::optional(files_) : std::nullopt;
  path_ = folder_ + "/" + CapturePartName(cpu_, index);
  fd_.Reset(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kFileMode));
  if (!fd_) Throw(errno, "cannot make " + path_);
  ++files_;
  subbufs_ = 0;
  end_ = 0;
  if (limits_.keep == 0 || files_ <= limits_.keep) return;
  const std::string oldest = folder_ + "/" + CapturePartName(cpu_, files_ - limits_.keep - 1);
  if (::unlink(oldest.c_str()) < 0 && errno != ENOENT) Throw(errno, "cannot delete " + oldest);
}

void CaptureWriter::Write(size_t offset, std::span<const std::byte> bytes) {
  uint64_t at = (subbufs_ - 1) * subbuf_size_ + offset;
  const uint64_t before = end_;
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(fd_.Get(), bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      const int error = count < 0 ? errno : ENOSPC;
      // Shorter needs no space. Should even this fail, a reader finds a record that is cut off.
      if (end_ > before && ::ftruncate(fd_.Get(), static_cast<off_t>(before)) == 0) {
        bytes_ -= end_ - before;
        end_ = before;
      }
      Throw(error, "cannot write " + path_);
    }
    bytes = bytes.subspan(static_cast<size_t>(count));
    at += static_cast<uint64_t>(count);
    bytes_ += static_cast<uint64_t>(count);
    end_ = std::max(end_, at);
  }
}

}  // namespace s390log
