// SPDX-License-Identifier: MIT
// Writes the files of one CPU of a capture: sub-buffers one after the other, each at a multiple of
// the size of one, so that a reader finds the next whatever has become of the one before.
//
// What a sub-buffer does not use is not written, and takes no space where files can have holes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "s390log/unique_fd.h"

namespace s390log {

struct CaptureLimits {
  uint64_t file_size = 0;  // at this size a new file is begun; 0: one file that grows
  uint64_t keep = 0;       // files of each CPU, older ones are deleted; 0: all
};

class CaptureWriter {
 public:
  // The folder is there. The first file is made with the first sub-buffer.
  CaptureWriter(const std::string& folder, uint32_t cpu, uint32_t subbuf_size,
                const CaptureLimits& limits);

  // The next sub-buffer begins; the one before stays as it is.
  void Begin();

  // Into the sub-buffer begun last. Throws std::system_error that names the file, and leaves it as
  // long as what was written before.
  void Write(size_t offset, std::span<const std::byte> bytes);

  // Bytes that the files have taken, those of deleted ones included.
  uint64_t Bytes() const { return bytes_; }

 private:
  void Open();
  uint64_t SubbufsPerFile() const;

  std::string folder_;
  uint32_t cpu_;
  uint32_t subbuf_size_;
  CaptureLimits limits_;
  UniqueFd fd_;
  std::string path_;
  uint64_t files_ = 0;    // begun so far
  uint64_t subbufs_ = 0;  // begun in this file
  uint64_t end_ = 0;      // of the file
  uint64_t bytes_ = 0;
};

}  // namespace s390log
