// SPDX-License-Identifier: MIT
#include "s390log/capture_subbufs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/s390_log.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <system_error>
#include <utility>

namespace s390log {
namespace {

// What s390_log.ko allows.
constexpr uint32_t kMinSubbuf = 4096;
constexpr uint32_t kMaxSubbuf = 4 << 20;

std::string ErrorText(int error) { return std::system_category().message(error); }

// Where there is data from `from` on; files can have holes, of any size.
uint64_t NextData(int fd, uint64_t from, uint64_t file_size) {
  const off_t data = ::lseek(fd, static_cast<off_t>(from), SEEK_DATA);
  if (data >= 0) return static_cast<uint64_t>(data);
  return errno == ENXIO ? file_size : from;
}

// As much of `to` as the file has there; the rest is untouched. Sets `error` if that is why.
size_t ReadFile(int fd, uint64_t offset, std::span<std::byte> to, int& error) {
  size_t total = 0;
  while (total < to.size()) {
    const ssize_t count =
        ::pread(fd, to.data() + total, to.size() - total, static_cast<off_t>(offset + total));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) error = errno;
    if (count <= 0) break;
    total += static_cast<size_t>(count);
  }
  return total;
}

struct OpenedFile {
  UniqueFd fd;
  uint64_t size = 0;
  std::string error;  // why there is no fd
};

// Does not wait for a pipe that has nobody at its other end.
OpenedFile OpenRegular(const std::string& path) {
  OpenedFile file;
  file.fd.Reset(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  struct stat status {};
  if (!file.fd || ::fstat(file.fd.Get(), &status) < 0) return {{}, 0, ErrorText(errno)};
  if (!S_ISREG(status.st_mode)) return {{}, 0, "not a regular file"};
  file.size = static_cast<uint64_t>(status.st_size);
  return file;
}

}  // namespace

CaptureSubbufs::CaptureSubbufs(uint32_t cpu, std::vector<CapturePart> parts,
                               const CaptureEpoch& epoch, CaptureFaultHandler on_fault)
    : cpu_(cpu), parts_(std::move(parts)), epoch_(epoch), on_fault_(std::move(on_fault)) {}

std::optional<CapturedSubbuf> CaptureSubbufs::Next() {
  while (true) {
    if (!fd_ || next_ >= file_size_) {
      if (OpenNext()) continue;
      Flush();
      return std::nullopt;
    }
    base_ = next_;
    next_ = base_ + epoch_.subbuf_size;
    if (const auto header = ReadHeader()) {
      Flush();
      return ReadUse(*header);
    }
  }
}

// False: there are no more files. One that cannot be opened has no bytes.
bool CaptureSubbufs::OpenNext() {
  if (next_part_ == parts_.size()) return false;
  const CapturePart& part = parts_[next_part_];
  CheckIndex(part);
  ++next_part_;
  OpenedFile file = OpenRegular(part.path);
  next_ = base_ = 0;
  file_size_ = file.size;
  fd_ = std::move(file.fd);
  if (!fd_) Report(0, 0, "cannot be opened: " + file.error);
  return true;
}

// Those that are missing before the first one were deleted when their time had come.
void CaptureSubbufs::CheckIndex(const CapturePart& part) {
  if (next_part_ == 0) return;
  const CapturePart& before = parts_[next_part_ - 1];
  if (!part.index || !before.index || *part.index == *before.index + 1) return;
  const uint64_t count = *part.index - *before.index - 1;
  damaged_ = true;
  Flush();
  on_fault_({part.path, 0, 0, fmt::format("{} files are missing before this one", count)});
}

size_t CaptureSubbufs::ReadAt(uint64_t offset, std::span<std::byte> to) {
  int error = 0;
  const size_t count = ReadFile(fd_.Get(), offset, to, error);
  if (error != 0) Report(offset + count - base_, 0, "cannot be read: " + ErrorText(error));
  return count;
}

std::optional<SubbufHeader> CaptureSubbufs::ReadHeader() {
  const size_t count = ReadAt(base_, header_);
  const auto parsed = ParseSubbufHeader(std::span(header_).first(count));
  const SubbufHeader* header = std::get_if<SubbufHeader>(&parsed);
  const auto fault = header != nullptr ? Check(*header) : std::get<ParseFault>(parsed);
  if (!fault) return *header;
  if (fault->kind == FaultKind::kBadMagic) SkipHole();
  damaged_ = true;
  Pend({parts_[next_part_ - 1].path, base_ + fault->offset, std::min(next_, file_size_) - base_,
        std::string(NameOf(fault->kind))});
  return std::nullopt;
}

std::optional<ParseFault> CaptureSubbufs::Check(const SubbufHeader& header) const {
  if (header.subbuf_size != epoch_.subbuf_size) return ParseFault{FaultKind::kBadGeometry, 0x24};
  if (header.cpu != cpu_) return ParseFault{FaultKind::kBadGeometry, 0x2c};
  if (header.boot_id != epoch_.boot_id) return ParseFault{FaultKind::kForeignBoot, 0x30};
  return std::nullopt;
}

// A hole can be larger than anybody wants to read.
void CaptureSubbufs::SkipHole() {
  if (next_ >= file_size_) return;
  const uint64_t data = NextData(fd_.Get(), next_, file_size_);
  if (data >= file_size_) {
    next_ = file_size_;
  } else if (data > next_) {
    next_ = data / epoch_.subbuf_size * epoch_.subbuf_size;
  }
}

CapturedSubbuf CaptureSubbufs::ReadUse(const SubbufHeader& header) {
  const bool after_damage = TakeDamage();
  const size_t size = epoch_.subbuf_size;
  const size_t there = std::min<uint64_t>(size, file_size_ - base_);
  const size_t used = SubbufUsed(header_, header.order);
  const bool bad = used > size || (used != 0 && used < header.header_size);
  const bool open = used == 0 || bad;
  if (bad) Report(0x20, 0, std::string(NameOf(FaultKind::kBadUsed)));
  bytes_.resize(size);
  const size_t end = ReadAt(base_, std::span(bytes_).first(open ? there : std::min(used, there)));
  if (!open && used > there) Report(there, 0, "the file ends within a sub-buffer");
  return {header, std::span(bytes_).first(end), after_damage, open, Following()};
}

std::optional<SequenceNumber> CaptureSubbufs::Following() {
  HeaderBytes bytes;
  int ignored = 0;
  if (ReadFile(fd_.Get(), next_, bytes, ignored) < bytes.size()) return std::nullopt;
  const auto parsed = ParseSubbufHeader(bytes);
  const SubbufHeader* header = std::get_if<SubbufHeader>(&parsed);
  if (header == nullptr || Check(*header)) return std::nullopt;
  return header->first_sequence;
}

void CaptureSubbufs::Report(size_t offset, uint64_t skipped, std::string what) {
  damaged_ = true;
  Flush();
  on_fault_({parts_[next_part_ - 1].path, base_ + offset, skipped, std::move(what)});
}

void CaptureSubbufs::ReportEnd(uint64_t missing) {
  damaged_ = true;
  Flush();
  on_fault_({parts_.back().path, file_size_, 0,
             fmt::format("the file ends {} bytes before the capture did", missing)});
}

void CaptureSubbufs::Pend(CaptureFault fault) {
  const bool longer = fault_ && fault_->file == fault.file && fault_->what == fault.what &&
                      fault_->skipped > 0 && fault_->offset + fault_->skipped == fault.offset;
  if (longer) {
    fault_->skipped += fault.skipped;
    return;
  }
  Flush();
  fault_ = std::move(fault);
}

void CaptureSubbufs::Flush() {
  if (!fault_) return;
  const CaptureFault fault = std::move(*fault_);
  fault_.reset();
  on_fault_(fault);
}

std::optional<CaptureEpoch> FindEpoch(const std::vector<CapturePart>& parts,
                                      const std::optional<BootId>& boot_id) {
  std::array<std::byte, sizeof(s390_log_subbuf)> bytes;
  for (const CapturePart& part : parts) {
    const OpenedFile file = OpenRegular(part.path);
    for (uint64_t at = 0; file.fd && at < file.size; at += kMinSubbuf) {
      at = std::max(at, NextData(file.fd.Get(), at, file.size) / kMinSubbuf * kMinSubbuf);
      int ignored = 0;
      const size_t count = ReadFile(file.fd.Get(), at, bytes, ignored);
      const auto parsed = ParseSubbufHeader(std::span(bytes).first(count));
      const SubbufHeader* header = std::get_if<SubbufHeader>(&parsed);
      if (header == nullptr || (boot_id && header->boot_id != *boot_id)) continue;
      const uint32_t size = header->subbuf_size;
      const bool sane = std::has_single_bit(size) && size >= kMinSubbuf && size <= kMaxSubbuf;
      if (sane && at % size == 0) return CaptureEpoch{header->boot_id, size};
    }
  }
  return std::nullopt;
}

}  // namespace s390log
