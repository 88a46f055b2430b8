// SPDX-License-Identifier: MIT
// A file that lines are appended to: opened when it can be, mended where a writer was killed, and
// rotated by size: PATH becomes PATH.1, that PATH.2 and so on. "-" is standard output. A named pipe
// is good, too, if somebody reads it; neither is rotated.
//
// Nothing here blocks but the disk itself, and nothing throws: what fails says why in Fault(), and
// the caller tries again. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "s390log/unique_fd.h"

namespace s390log {

class LineFile {
 public:
  // A line without an end is looked for in so many bytes at the end of the file.
  static constexpr size_t kMaxLine = 1 << 20;

  struct Rotation {
    uint64_t max_bytes = 0;  // 0: never
    uint32_t keep = 0;       // files beside the present one; the oldest beyond is removed
    bool operator==(const Rotation&) const = default;
  };

  LineFile(std::string path, const Rotation& rotation)
      : path_(std::move(path)), rotation_(rotation) {}

  const std::string& Path() const { return path_; }
  bool IsOpen() const { return static_cast<bool>(fd_); }
  int Fd() const { return fd_.Get(); }

  // Opens it for appending. A last line without its end that begins with `start` is one that a
  // writer of ours could not finish, and will write again: it is cut off. Any other gets its end.
  bool Open(std::string_view start);
  // The next Open() finds the file that then has the name.
  void Close() { fd_.Reset(); }

  // Makes room for `bytes` if the file would become too long.
  bool RotateFor(size_t bytes);

  enum class Result { kSome, kWouldBlock, kFailed };
  // Writes from the front of `bytes`, whole lines as far as it can; `count` says how much.
  Result Write(std::string_view bytes, size_t& count);

  // Takes the last bytes back, where that is possible: half a line.
  void TakeBack(size_t bytes);

  const std::string& Fault() const { return fault_; }

 private:
  bool Fail(const char* what);
  bool Mend(std::string_view start);
  bool Shift();
  std::string Numbered(uint32_t number) const { return path_ + "." + std::to_string(number); }

  std::string path_;
  Rotation rotation_;
  UniqueFd fd_;
  bool regular_ = false;
  uint64_t size_ = 0;
  std::string fault_;
};

}  // namespace s390log
