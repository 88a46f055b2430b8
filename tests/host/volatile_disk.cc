// SPDX-License-Identifier: MIT
#include "tests/host/volatile_disk.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace s390log {
namespace {

VolatileDisk* the_disk = nullptr;

std::string Read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

VolatileDisk::VolatileDisk(const std::string& folder, std::function<void()> cut)
    : folder_(std::filesystem::canonical(folder)), cut_(std::move(cut)) {
  if (the_disk != nullptr) throw std::logic_error("there is a disk already");
  the_disk = this;
}

VolatileDisk::~VolatileDisk() { the_disk = nullptr; }

void VolatileDisk::Sync(int fd) {
  const auto path = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd));
  const bool folder = path == folder_;
  if (busy_ || (!folder && path.parent_path() != folder_)) return;
  busy_ = true;
  cut_();
  busy_ = false;
  ++syncs_;
  if (!folder) {
    contents_[path.filename()] = Read(path);
    return;
  }
  names_.clear();
  for (const auto& [name, bytes] : Written()) names_.insert(name);
}

VolatileDisk::Files VolatileDisk::Synced() const {
  Files files;
  for (const std::string& name : names_) {
    const auto found = contents_.find(name);
    files[name] = found == contents_.end() ? "" : found->second;
  }
  return files;
}

VolatileDisk::Files VolatileDisk::Written() const {
  Files files;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    files[entry.path().filename()] = Read(entry.path());
  }
  return files;
}

std::string VolatileDisk::Mix(const std::string& before, const std::string& now,
                              std::mt19937_64& random) const {
  // What is cut off goes at once: the new size is on the disk, or the old one with all that it had.
  const bool cut_off = now.size() < before.size();
  if (cut_off && random() % 2 == 0) return before;
  const std::string old = cut_off ? "" : before;
  std::string mixed = random() % 2 == 0 ? old : now;
  for (size_t at = 0; at < mixed.size(); at += kSector) {
    const size_t length = std::min(kSector, mixed.size() - at);
    const std::string& from = random() % 2 == 0 ? old : now;
    std::string piece = at < from.size() ? from.substr(at, length) : "";
    piece.resize(length, '\0');
    mixed.replace(at, length, piece);
  }
  return mixed;
}

VolatileDisk::Files VolatileDisk::Torn(std::mt19937_64& random) const {
  const Files written = Written();
  std::set<std::string> all = names_;
  for (const auto& [name, bytes] : written) all.insert(name);
  Files files;
  for (const std::string& name : all) {
    const auto now = written.find(name);
    const bool certain = now != written.end() && names_.count(name) != 0;
    if (!certain && random() % 2 == 0) continue;
    const auto synced = contents_.find(name);
    const std::string old = synced == contents_.end() ? "" : synced->second;
    files[name] = Mix(old, now == written.end() ? old : now->second, random);
  }
  return files;
}

void PutFiles(const VolatileDisk::Files& files, const std::string& folder) {
  for (const auto& [name, bytes] : files) {
    std::ofstream(std::filesystem::path(folder) / name, std::ios::binary) << bytes;
  }
}

}  // namespace s390log

// In the place of the C library's.
extern "C" int fsync(int fd) {
  if (s390log::the_disk != nullptr) s390log::the_disk->Sync(fd);
  return 0;
}

extern "C" int fdatasync(int fd) { return fsync(fd); }
