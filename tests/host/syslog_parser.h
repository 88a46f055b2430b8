// SPDX-License-Identifier: MIT
// A receiver of our own for tests: octet counting (RFC 6587) and RFC 5424 by the grammar, strict,
// and sharing nothing with the code that it checks.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace s390log {

struct ParsedMessage {
  int priority;
  std::string timestamp;
  std::string hostname;
  std::string app_name;
  std::string proc_id;
  std::string msg_id;
  std::string sd_id;
  std::map<std::string, std::string> params;
  std::string text;  // without the byte order mark
  bool has_mark;
};

// Nothing if the message breaks the grammar.
std::optional<ParsedMessage> ParseMessage(const std::string& message);

// Takes the whole frames from the front of `stream`. Nothing if that is not octet counting.
std::optional<std::vector<std::string>> TakeFrames(std::string& stream);

}  // namespace s390log
