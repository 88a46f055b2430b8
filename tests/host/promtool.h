// SPDX-License-Identifier: MIT
// Prometheus's own check of metrics; hercules/setup/promtool.sh unpacks it.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "tests/host/temp_dir.h"

namespace s390log {

inline constexpr const char* kPromtool = "build/promtool/promtool";

// What it finds fault with; empty if all is well.
inline std::string PromtoolSays(const std::string& text,
                                const std::string& what = "check metrics") {
  if (::access(kPromtool, X_OK) != 0) {
    return std::string(kPromtool) + " is not there: make build/promtool/.ready";
  }
  const TempDir dir;
  std::ofstream(dir.File("metrics")) << text;
  const std::string command =
      std::string(kPromtool) + " " + what + " <" + dir.File("metrics") + " 2>&1";
  std::FILE* output = ::popen(command.c_str(), "r");
  std::string says;
  for (int c = std::fgetc(output); c != EOF; c = std::fgetc(output)) says += static_cast<char>(c);
  const int status = ::pclose(output);
  if (status != 0 && says.empty()) return "promtool ended with " + std::to_string(status);
  return says;
}

}  // namespace s390log
