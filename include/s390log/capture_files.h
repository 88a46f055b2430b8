// SPDX-License-Identifier: MIT
// The names of a capture's files. docs/format.md describes what they hold.
//
// A capture is a folder. It holds one file for each CPU that has written, "cpu0", or with rotation
// several, "cpu0.000000", "cpu0.000001", ..., and "positions".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace s390log {

inline constexpr const char* kCapturePositions = "positions";

// CPUs whose files are read; there are no machines with more.
inline constexpr uint32_t kMaxCaptureCpus = 4096;

// `index` counts the files of one CPU; nothing without rotation.
std::string CapturePartName(uint32_t cpu, std::optional<uint64_t> index);

struct CapturePart {
  std::string path;
  std::optional<uint64_t> index;
};

struct CaptureListing {
  std::map<uint32_t, std::vector<CapturePart>> cpus;  // of each CPU in order
  std::optional<std::string> positions;               // the path, if it is there

  bool Empty() const { return cpus.empty() && !positions; }
};

// Files of other names are none of ours. Throws std::system_error if the folder cannot be read.
CaptureListing ListCapture(const std::string& folder);

}  // namespace s390log
