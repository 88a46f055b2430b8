// SPDX-License-Identifier: MIT
#include "s390log/tape_sense.h"

#include <fmt/format.h>

#include <algorithm>

namespace s390log {
namespace {

constexpr size_t kErpaByte = 3;
constexpr std::string_view kNobody = "none";
constexpr std::string_view kUnknownActor = "service";

template <typename Entry, typename Predicate>
const Entry* FindIf(std::span<const Entry> table, Predicate predicate) {
  const auto at = std::find_if(table.begin(), table.end(), predicate);
  return at == table.end() ? nullptr : &*at;
}

// For a code that nobody has described: whom the first bit names that names anybody.
std::string_view ActorOfBits(std::span<const uint8_t> sense) {
  for (const SenseBitEntry* bit : SenseBitsOf(sense)) {
    if (bit->actor != kNobody) return bit->actor;
  }
  return kUnknownActor;
}

}  // namespace

const ErpaEntry* FindErpa(uint8_t code) {
  return FindIf(ErpaTable(), [&](const ErpaEntry& entry) { return entry.code == code; });
}

const ActorEntry* FindActor(std::string_view name) {
  return FindIf(ActorTable(), [&](const ActorEntry& entry) { return entry.name == name; });
}

std::vector<const SenseBitEntry*> SenseBitsOf(std::span<const uint8_t> sense) {
  std::vector<const SenseBitEntry*> bits;
  for (const SenseBitEntry& entry : SenseBitTable()) {
    if (entry.byte < sense.size() && (sense[entry.byte] & entry.mask) != 0) bits.push_back(&entry);
  }
  return bits;
}

std::string SenseWords(std::span<const uint8_t> sense) {
  std::string words;
  for (const SenseBitEntry* bit : SenseBitsOf(sense)) {
    if (!words.empty()) words += ", ";
    words += bit->name;
  }
  return words;
}

SenseVerdict VerdictOf(std::span<const uint8_t> sense) {
  const uint8_t code = sense.size() > kErpaByte ? sense[kErpaByte] : uint8_t{0};
  const ErpaEntry* erpa = FindErpa(code);
  SenseVerdict verdict;
  if (erpa != nullptr) {
    verdict.meaning = fmt::format("{} (ERPA {:02x})", erpa->name, code);
    verdict.actor = erpa->actor;
  } else {
    verdict.meaning = fmt::format("{} (unknown ERPA {:02x})", SenseWords(sense), code);
    verdict.actor = ActorOfBits(sense);
  }
  const ActorEntry* actor = FindActor(verdict.actor);
  if (actor != nullptr) verdict.advice = actor->advice;
  return verdict;
}

}  // namespace s390log
