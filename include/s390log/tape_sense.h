// SPDX-License-Identifier: MIT
// What the sense bytes of a 3480 or 3490 mean and who must act. The tables are made from
// lib/tape_sense.toml, which is their one source, when the library is built.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace s390log {

// Who acts upon an error: operator, administrator, media, service, application, none.
struct ActorEntry {
  std::string_view name;
  std::string_view advice;  // "check the cartridge"
  std::string_view explanation;
};

// An error-recovery-procedure action code: sense byte 3.
struct ErpaEntry {
  uint8_t code;
  std::string_view name;  // "no tape in the drive"
  std::string_view actor;
  std::string_view explanation;
  std::string_view action;
};

// A bit of the sense bytes 0 to 2, or a few that belong together.
struct SenseBitEntry {
  size_t byte;
  uint8_t mask;
  std::string_view name;
  std::string_view actor;
  std::string_view explanation;
};

std::span<const ActorEntry> ActorTable();
std::span<const ErpaEntry> ErpaTable();
std::span<const SenseBitEntry> SenseBitTable();

// Null if there is none.
const ErpaEntry* FindErpa(uint8_t code);
const ActorEntry* FindActor(std::string_view name);

// The bits that are set in as many of the first three sense bytes as there are.
std::vector<const SenseBitEntry*> SenseBitsOf(std::span<const uint8_t> sense);
// "command reject, drive online"
std::string SenseWords(std::span<const uint8_t> sense);

// What sense bytes come to in a line of log.
struct SenseVerdict {
  std::string meaning;  // "the tape is write-protected (ERPA 30)"
  std::string_view actor;
  std::string_view advice;
};
SenseVerdict VerdictOf(std::span<const uint8_t> sense);

}  // namespace s390log
