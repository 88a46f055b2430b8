// SPDX-License-Identifier: MIT
// Splits what comes out of a descriptor into lines.
#pragma once

#include <string>
#include <vector>

namespace lab {

class LineReader {
 public:
  explicit LineReader(int fd) : fd_(fd) {}

  // What can be read now, without the ends of line. Reads once; blocks if there is nothing.
  std::vector<std::string> Read();
  // Nothing more will come.
  bool ended() const { return ended_; }
  // What came after the last end of line.
  const std::string& rest() const { return rest_; }

 private:
  int fd_;
  bool ended_ = false;
  std::string rest_;
};

}  // namespace lab
