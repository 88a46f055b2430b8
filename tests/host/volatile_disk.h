// SPDX-License-Identifier: MIT
// A folder on a disk that may lose its power: what of it is certain to be there afterwards, and
// what else might be.
//
// The program's fsync() and fdatasync() are ours (those of libraries, too), and nothing is really
// synced. Between two of them any 512 bytes that were written may have reached the disk or not, in
// any order; a file that has become shorter has its new size or all that it had, as with any file
// system that has a journal; one that is new, or removed, may be there or not until its folder is
// synced. One thread, one disk at a time.
#pragma once

#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>

namespace s390log {

class VolatileDisk {
 public:
  using Files = std::map<std::string, std::string>;  // contents by name

  // `cut` is called before each sync, when the most is uncertain.
  VolatileDisk(const std::string& folder, std::function<void()> cut);
  ~VolatileDisk();
  VolatileDisk(const VolatileDisk&) = delete;
  VolatileDisk& operator=(const VolatileDisk&) = delete;

  // After a power cut now: if nothing that was not synced is there, if all of it is, or if chance
  // decides of each piece.
  Files Synced() const;
  Files Written() const;
  Files Torn(std::mt19937_64& random) const;

  uint64_t Syncs() const { return syncs_; }

  // The program has called for it.
  void Sync(int fd);

 private:
  static constexpr size_t kSector = 512;

  std::string Mix(const std::string& before, const std::string& now, std::mt19937_64& random) const;

  std::string folder_;
  std::function<void()> cut_;
  Files contents_;               // as they were synced, also of files that have no name on the disk
  std::set<std::string> names_;  // that are on the disk
  uint64_t syncs_ = 0;
  bool busy_ = false;  // in cut_, whose own syncs are not ours
};

// Writes files into a folder.
void PutFiles(const VolatileDisk::Files& files, const std::string& folder);

}  // namespace s390log
