// SPDX-License-Identifier: MIT
// Bytes written down in hexadecimal, with comments: "73 39 30 4c  # magic\n 00 01 ...".
#pragma once

#include <cstddef>
#include <sstream>
#include <string>
#include <vector>

namespace s390log {

inline std::vector<std::byte> Hex(const std::string& text) {
  std::vector<std::byte> bytes;
  std::istringstream lines(text);
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string word;
    while (words >> word) bytes.push_back(static_cast<std::byte>(std::stoul(word, nullptr, 16)));
  }
  return bytes;
}

}  // namespace s390log
