// SPDX-License-Identifier: MIT
// An event as a message of RFC 5424.
//
// The message id is MSGID; one element of structured data carries what a receiver can compute with.
// bootId and sequence together name an event for ever: a receiver that sees the pair again has a
// repetition, and may drop it.
#pragma once

#include <string>
#include <string_view>

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

// `boot_id` is the text of one.
std::string SyslogMessage(const Event& event, const std::string& boot_id,
                          const SyslogOrigin& origin);

// The value of an SD-PARAM: '"', '\' and ']' escaped.
std::string EscapeParam(std::string_view value);

// A header field: printable ASCII, at most `max` of them, "-" if nothing is left.
std::string HeaderField(std::string_view value, size_t max);

// Control characters as #011, as rsyslog would show them, so that a text cannot forge a line.
std::string EscapeControl(std::string_view text);

}  // namespace s390log
