// SPDX-License-Identifier: MIT
#include "hercules/src/guest_log.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <fstream>

namespace lab {

namespace {

constexpr std::array kSigns = {
    "WARNING: ",
    "BUG: ",
    "BUG at ",
    "Oops",
    "Unable to handle kernel",
    "Kernel panic",
    "Call Trace",
    "stall on CPU",
    "stalls on CPU",
    "detected stalls",
    "self-detected stall",
    "blocked for more than",
    "soft lockup",
    "hard LOCKUP",
    "possible circular locking",
    "possible recursive locking",
    "possible deadlock",
    "inconsistent lock state",
    "suspicious RCU usage",
    "sleeping function called from invalid context",
    "scheduling while atomic",
    "KASAN:",
    "UBSAN:",
    "kmemleak:",
    "refcount_t:",
    "list_add corruption",
    "list_del corruption",
    "ODEBUG:",
    "page allocation failure",
    "Out of memory",
    "general protection",
    "HHCCP011I",
};

// kmemleak's own greeting is not a leak.
bool IsHarmless(const std::string& line) {
  return line.find("kmemleak: Kernel memory leak detector") != std::string::npos;
}

}  // namespace

bool IsComplaint(const std::string& line) {
  if (IsHarmless(line)) return false;
  return std::any_of(kSigns.begin(), kSigns.end(),
                     [&](const char* sign) { return line.find(sign) != std::string::npos; });
}

std::vector<std::string> Complaints(const std::filesystem::path& log) {
  std::vector<std::string> found;
  std::ifstream in(log);
  std::string line;
  while (std::getline(in, line)) {
    if (IsComplaint(line)) found.push_back(line);
  }
  return found;
}

std::string FromKmsg(const std::string& record) {
  const size_t text = record.find(';');
  if (record.empty() || record[0] == ' ' || text == std::string::npos) return "";
  const size_t first = record.find(',');
  const size_t second = record.find(',', first + 1);
  if (second == std::string::npos || second > text) return "";
  const uint64_t us = std::strtoull(record.c_str() + second + 1, nullptr, 10);
  return fmt::format("[{:5}.{:06}] {}", us / 1000000, us % 1000000, record.substr(text + 1));
}

}  // namespace lab
