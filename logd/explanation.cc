// SPDX-License-Identifier: MIT
#include "logd/explanation.h"

#include <fmt/format.h>

#include <vector>

#include "s390log/catalog.h"
#include "s390log/tape_sense.h"

namespace s390log {
namespace {

using Json = nlohmann::ordered_json;

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

// What is asked for: one of these.
struct Subjects {
  const CatalogEntry* message = nullptr;
  const ErpaEntry* erpa = nullptr;
  std::vector<uint8_t> sense;
};

std::optional<Subjects> Find(const std::string& what) {
  Subjects found;
  found.message = FindMessage(what);
  if (found.message != nullptr) return found;
  const bool named = what.starts_with("ERPA-") || what.starts_with("erpa-");
  const std::vector<uint8_t> bytes = FromHex(named ? what.substr(5) : what);
  if (!named && bytes.size() > kErpaByte) {
    found.sense = bytes;
    return found;
  }
  found.erpa = bytes.size() == 1 ? FindErpa(bytes[0]) : nullptr;
  return found.erpa == nullptr ? std::nullopt : std::optional(found);
}

Json JsonOf(const CatalogEntry& entry) {
  return {{"message_id", entry.message_id},           {"event", entry.name},
          {"severity", SeverityName(entry.severity)}, {"text", entry.text},
          {"explanation", entry.explanation},         {"action", entry.action}};
}

Json JsonOf(const ErpaEntry& entry) {
  const ActorEntry* actor = FindActor(entry.actor);
  return {{"erpa", fmt::format("{:02x}", entry.code)},
          {"name", entry.name},
          {"actor", entry.actor},
          {"advice", actor == nullptr ? "" : actor->advice},
          {"explanation", entry.explanation},
          {"action", entry.action}};
}

Json JsonOf(const std::vector<uint8_t>& sense) {
  const uint8_t code = sense.at(kErpaByte);
  const ErpaEntry* erpa = FindErpa(code);
  Json bits = Json::array();
  for (const SenseBitEntry* bit : SenseBitsOf(sense)) {
    bits.push_back({{"byte", bit->byte},
                    {"mask", fmt::format("{:02x}", bit->mask)},
                    {"name", bit->name},
                    {"actor", bit->actor},
                    {"explanation", bit->explanation}});
  }
  return {{"bits", bits},
          {"erpa", erpa == nullptr ? Json{{"erpa", fmt::format("{:02x}", code)}} : JsonOf(*erpa)}};
}

}  // namespace

std::optional<std::string> Explanation(const std::string& what) {
  const auto found = Find(what);
  if (!found) return std::nullopt;
  if (found->message != nullptr) return OfMessage(*found->message);
  return found->erpa != nullptr ? OfErpa(*found->erpa) : OfSense(found->sense);
}

Json ExplanationJson(const std::string& what) {
  const auto found = Find(what);
  if (!found) return nullptr;
  if (found->message != nullptr) return JsonOf(*found->message);
  return found->erpa != nullptr ? JsonOf(*found->erpa) : JsonOf(found->sense);
}

}  // namespace s390log
