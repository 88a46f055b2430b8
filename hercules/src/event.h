// SPDX-License-Identifier: MIT
// Events as they arrived at the receiver: one RFC 5424 message each.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace lab {

struct Event {
  std::string time;        // as in the message, RFC 3339
  uint64_t sequence = 0;   // 0: the message is no event of s390-log
  uint64_t gap_first = 0;  // not 0: it tells of a gap, which begins with this number
  uint64_t gap_last = 0;   // and ends with this
  std::string boot_id;
  std::string device;      // "0.0.0580" or empty
  std::string message_id;  // "TAP001I"
  std::string text;
};

std::optional<Event> ParseEvent(const std::string& line);

// One line for the terminal.
std::string ForTerminal(const Event& event);

// Reads a growing file of events.
class EventFeed {
 public:
  explicit EventFeed(std::filesystem::path file) : file_(std::move(file)) {}

  // The events that came since the last call.
  std::vector<Event> Read();
  // From now on only new ones.
  void SkipToEnd() { (void)Read(); }
  // The same, and what still comes, until nothing has come for so long.
  void Settle(std::chrono::milliseconds quiet);

 private:
  std::filesystem::path file_;
  std::streamoff offset_ = 0;
};

}  // namespace lab
