// SPDX-License-Identifier: MIT
// An event as a message of RFC 5424.
//
// The message id is MSGID; one element of structured data carries what a receiver can compute with:
// what names the event, and its payload's fields. bootId and sequence (of a gap: first) together
// name an event for ever: a receiver that sees the pair again has a repetition, and may drop it.
//
// A message that would be too long is cut: fields of the payload are left out, then the end of the
// text, never what names the event; cut="yes" tells of it, and the text ends with "...".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "s390log/event.h"

namespace s390log {

// What is the same in every message of a connection.
struct SyslogOrigin {
  int facility = 3;
  uint32_t enterprise_id = 32473;
  std::string hostname;  // empty: not known
  std::string app_name;
  std::string proc_id;
};

class SyslogEncoder {
 public:
  // No message is cut below this.
  static constexpr size_t kMinLimit = 640;

  explicit SyslogEncoder(const SyslogOrigin& origin);

  // The message, at most `limit` bytes (>= kMinLimit), until the next call. `boot_id` is the text
  // of one.
  const std::string& Encode(const Event& event, const std::string& boot_id, size_t limit);

  // Something was left out of the last one.
  bool Cut() const { return cut_; }

 private:
  void AppendTime(uint64_t time_ns);
  void AppendHeader(const Event& event);
  void AppendParams(const Event& event, const std::string& boot_id);
  void AppendPayload(const std::vector<Field>& fields, size_t room);
  void AppendText(const std::string& text, size_t room);

  int facility_;
  std::string middle_;   // of the header: from the time to MSGID
  std::string element_;  // how it begins
  std::string message_;
  bool cut_ = false;
  uint64_t second_ = UINT64_MAX;  // that second_text_ is for
  std::string second_text_;
};

// The same in one go, never cut.
std::string SyslogMessage(const Event& event, const std::string& boot_id,
                          const SyslogOrigin& origin);

// The value of an SD-PARAM: '"', '\' and ']' escaped, and control characters as below.
std::string EscapeParam(std::string_view value);

// A header field: printable ASCII, at most `max` of them, "-" if nothing is left.
std::string HeaderField(std::string_view value, size_t max);

// Control characters, those of UTF-8 as well, as #011, as rsyslog would show them: a text cannot
// forge a line.
std::string EscapeControl(std::string_view text);

}  // namespace s390log
