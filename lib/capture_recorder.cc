// SPDX-License-Identifier: MIT
#include "s390log/capture_recorder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <system_error>

#include "s390log/capture_files.h"
#include "s390log/unique_fd.h"

namespace s390log {
namespace {

constexpr mode_t kFolderMode = 0750;
constexpr mode_t kFileMode = 0640;

[[noreturn]] void Throw(const std::string& what) {
  throw std::system_error(errno, std::system_category(), what);
}

void MakeFolder(const std::string& folder) {
  if (::mkdir(folder.c_str(), kFolderMode) < 0 && errno != EEXIST) Throw("cannot make " + folder);
  if (ListCapture(folder).Empty()) return;
  throw std::runtime_error(
      fmt::format("{} holds a capture already: name another folder, or delete that one", folder));
}

void WriteFile(const std::string& path, std::span<const std::byte> bytes) {
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kFileMode));
  if (!fd) Throw("cannot make " + path);
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd.Get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) Throw("cannot write " + path);
    bytes = bytes.subspan(static_cast<size_t>(count));
  }
}

}  // namespace

CaptureRecorder::CaptureRecorder(Channel& channel, const std::string& folder,
                                 const CaptureLimits& limits)
    : channel_(channel), folder_(folder), positions_(channel.Positions()) {
  const Geometry& geometry = channel.GetGeometry();
  if (positions_.CpuCount() != geometry.n_cpus || geometry.n_subbufs == 0) {
    throw std::runtime_error("s390_log: the geometry does not fit the position area");
  }
  MakeFolder(folder);
  for (uint32_t cpu = 0; cpu < geometry.n_cpus; ++cpu) {
    cpus_.push_back(std::make_unique<Cpu>(cpu, geometry, positions_, folder, limits));
  }
}

std::span<const std::byte> CaptureRecorder::BufferOf(uint32_t cpu) {
  const Geometry& geometry = channel_.GetGeometry();
  const std::span<const std::byte> buffer = channel_.Buffer(cpu);
  if (buffer.size() >= size_t{geometry.subbuf_size} * geometry.n_subbufs) return buffer;
  throw std::runtime_error("s390_log: a CPU has a position but not the buffer to it");
}

// The positions are loaded before anything is copied (R3). For a CPU whose writer came round, the
// picture says how far the copy goes.
bool CaptureRecorder::Round() {
  bool whole = true;
  look_ = TakePositions(positions_);
  for (uint32_t cpu = 0; cpu < cpus_.size(); ++cpu) {
    CpuCounters& counters = look_.cpus[cpu];
    CaptureTap& tap = cpus_[cpu]->tap;
    if (!looked_) cpus_[cpu]->lost_before = counters.lost;
    if (counters.position == 0) continue;
    if (!tap.Started()) looked_ ? tap.StartAtFirst(BufferOf(cpu)) : tap.Start(BufferOf(cpu));
    tap.Copy(counters.position);
    whole = whole && tap.End() >= counters.position;
    counters.position = std::min(counters.position, tap.End());
  }
  looked_ = true;
  return whole;
}

// Whoever reads it meanwhile sees the old or the new, and whole.
void CaptureRecorder::SavePositions() {
  const std::string path = folder_ + "/" + kCapturePositions;
  const std::string fresh = path + ".new";
  try {
    WriteFile(fresh, FormatPositions(look_));
  } catch (const std::system_error&) {
    ::unlink(fresh.c_str());
    throw;
  }
  if (::rename(fresh.c_str(), path.c_str()) < 0) Throw("cannot make " + path);
}

void CaptureRecorder::Finish() {
  for (int round = 0; round < kMaxLastRounds && !Round(); ++round) {
  }
  SavePositions();
  const UniqueFd fd(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::syncfs(fd.Get()) < 0) Throw("cannot write " + folder_);
}

std::vector<CaptureReport> CaptureRecorder::Cpus() const {
  std::vector<CaptureReport> reports;
  for (uint32_t cpu = 0; cpu < cpus_.size(); ++cpu) {
    const Cpu& each = *cpus_[cpu];
    const uint64_t dropped = looked_ ? look_.cpus[cpu].lost - each.lost_before : 0;
    if (!each.tap.Started() && dropped == 0) continue;
    reports.push_back({cpu, each.tap.Records(), each.writer.Bytes(), each.tap.Missed(), dropped});
  }
  return reports;
}

}  // namespace s390log
