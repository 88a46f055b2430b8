// SPDX-License-Identifier: MIT
// The message catalog: what each event is called and what an operator reads. The table is made from
// lib/catalog.toml, which is its one source, when the library is built.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace s390log {

// What a message is about, besides events of their own.
enum class Subject {
  kEvent,         // the event whose id the entry has
  kRecovered,     // an error on a drive that a retry has overcome
  kBeyond,        // the end of what is recorded on a tape
  kUnlabelled,    // a tape that has no label
  kUnidentified,  // a tape whose label could not be read
  kGap,           // numbers that are lost
  kSuppressed,    // numbers that a sink's rate limit has kept from it
  kPayloadLost,   // an event whose record is lost
  kUnknown,       // an event or a payload that this program does not know
};

struct CatalogEntry {
  std::string_view message_id;  // TAP001I: component, number, severity letter
  std::string_view name;        // tape_loaded
  Subject subject;
  uint32_t event;         // KEVENT_S390_*, or 0
  int severity;           // as of syslog: 0 to 7
  std::string_view text;  // with {parameters}
  std::string_view explanation;
  std::string_view action;
};

std::span<const CatalogEntry> CatalogTable();

// Null if there is none.
const CatalogEntry* FindMessage(std::string_view message_id);
const CatalogEntry* FindEvent(uint32_t event);
const CatalogEntry& EntryOf(Subject subject);

// "info": the keyword of a syslog severity.
std::string_view SeverityName(int severity);

}  // namespace s390log
