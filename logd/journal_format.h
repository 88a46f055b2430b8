// SPDX-License-Identifier: MIT
// An event as an entry of the systemd journal, in its native protocol.
//
// https://systemd.io/JOURNAL_NATIVE_PROTOCOL: lines NAME=value, or, if the value has a newline, the
// name, a newline, its length as 64 bits little-endian, the value and a newline. An empty line ends
// an entry, so one datagram may hold many.
#pragma once

#include <string>
#include <string_view>

#include "s390log/event.h"

namespace s390log {

struct JournalOrigin {
  std::string identifier;  // SYSLOG_IDENTIFIER
  int facility = 3;
};

// Adds it to `out`, with the empty line. `boot_id` is the text of one.
void AppendJournalEntry(std::string& out, const Event& event, const std::string& boot_id,
                        const JournalOrigin& origin);

// MESSAGE_ID of a message of the catalog, 32 hexadecimal digits: a UUID of version 8, whose first
// nine bytes are ours and whose last seven are the letters of the message id (TAP001I).
std::string JournalMessageId(std::string_view message_id);

}  // namespace s390log
