// SPDX-License-Identifier: MIT
// Commands and folders for tests of what is installed. They run in the source tree.
#pragma once

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

namespace s390log {

struct Ran {
  int status;
  std::string text;  // both its outputs
};

// bash, as for make and dkms. Not safe for threads.
inline Ran Shell(const std::string& line) {
  ::setenv("SHELL_LINE", line.c_str(), 1);
  FILE* pipe = ::popen(
      "exec 2>&1 </dev/null; unset MAKEFLAGS MAKELEVEL MFLAGS; exec bash -c \"$SHELL_LINE\"", "r");
  std::string text;
  std::array<char, 4096> bytes{};
  for (size_t n = 0; (n = std::fread(bytes.data(), 1, bytes.size(), pipe)) > 0;) {
    text.append(bytes.data(), n);
  }
  return {::pclose(pipe), text};
}

inline std::string FileText(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// What is below `root` and no folder, as absolute paths of the system that it would be.
inline std::set<std::string> FilesBelow(const std::filesystem::path& root) {
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (!entry.is_directory()) files.insert("/" + entry.path().lexically_relative(root).string());
  }
  return files;
}

}  // namespace s390log
