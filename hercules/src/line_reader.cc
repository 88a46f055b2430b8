// SPDX-License-Identifier: MIT
#include "hercules/src/line_reader.h"

#include <unistd.h>

#include <array>
#include <cerrno>

namespace lab {

namespace {

constexpr size_t kMaxLine = 64 * 1024;  // a longer one is cut in two

}  // namespace

std::vector<std::string> LineReader::Read() {
  std::array<char, 8192> buffer;
  const ssize_t n = read(fd_, buffer.data(), buffer.size());
  if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) ended_ = true;

  std::vector<std::string> lines;
  for (ssize_t i = 0; i < n; ++i) {
    const char c = buffer[static_cast<size_t>(i)];
    if (c != '\n' && rest_.size() < kMaxLine) {
      if (c != '\r' && c != '\0') rest_ += c;
      continue;
    }
    lines.push_back(std::move(rest_));
    rest_.clear();
  }
  return lines;
}

}  // namespace lab
