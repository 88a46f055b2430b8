// SPDX-License-Identifier: MIT
#include "logd/explanation.h"

#include <fmt/format.h>

#include <vector>

#include "s390log/catalog.h"
#include "s390log/tape_sense.h"

namespace s390log {
namespace {

constexpr size_t kErpaByte = 3;

std::string OfMessage(const CatalogEntry& entry) {
  return fmt::format(
      "{}  {}\n\n  Event: {}, severity {}\n\n  Explanation: {}\n\n  Operator action: {}\n",
      entry.message_id, entry.text, entry.name, SeverityName(entry.severity), entry.explanation,
      entry.action);
}

std::string OfErpa(const ErpaEntry& entry) {
  const ActorEntry* actor = FindActor(entry.actor);
  return fmt::format(
      "ERPA {:02x}  {}\n\n  Who must act: {} ({})\n\n  Explanation: {}\n\n  Action: {}\n",
      entry.code, entry.name, entry.actor, actor == nullptr ? "" : actor->advice, entry.explanation,
      entry.action);
}

std::string OfSense(const std::vector<uint8_t>& sense) {
  std::string text;
  for (const SenseBitEntry* bit : SenseBitsOf(sense)) {
    text += fmt::format("byte {}, {:02x}  {} ({})\n            {}\n", bit->byte, bit->mask,
                        bit->name, bit->actor, bit->explanation);
  }
  const uint8_t code = sense.at(kErpaByte);
  const ErpaEntry* erpa = FindErpa(code);
  if (erpa != nullptr) return text + "\n" + OfErpa(*erpa);
  return text + fmt::format("\nERPA {:02x}  not described for a 3480 or 3490\n", code);
}

// The bytes of an even number of hexadecimal digits; none if it is anything else.
std::vector<uint8_t> FromHex(const std::string& digits) {
  std::vector<uint8_t> bytes;
  const bool hex = digits.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  if (!hex || digits.size() % 2 != 0) return bytes;
  for (size_t i = 0; i < digits.size(); i += 2) {
    bytes.push_back(static_cast<uint8_t>(std::stoul(digits.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

}  // namespace

std::optional<std::string> Explanation(const std::string& what) {
  if (const CatalogEntry* entry = FindMessage(what)) return OfMessage(*entry);
  const bool named = what.starts_with("ERPA-") || what.starts_with("erpa-");
  const std::vector<uint8_t> bytes = FromHex(named ? what.substr(5) : what);
  if (!named && bytes.size() > kErpaByte) return OfSense(bytes);
  const ErpaEntry* erpa = bytes.size() == 1 ? FindErpa(bytes[0]) : nullptr;
  if (erpa == nullptr) return std::nullopt;
  return OfErpa(*erpa);
}

}  // namespace s390log
