// SPDX-License-Identifier: MIT
// An event as a line of JSON: nlohmann's parser, which refuses what is not UTF-8, reads the same
// event from it.
#include <nlohmann/json.hpp>

#include "logd/json_format.h"
#include "s390log/message.h"
#include "tests/fuzz/event_input.h"

namespace s390log {
namespace {

constexpr const char* kBootId = "01234567-89ab-cdef-0123-456789abcdef";

nlohmann::json AsJson(const FieldValue& value) {
  return std::visit([](const auto& v) { return nlohmann::json(v); }, value);
}

void RequireKey(const nlohmann::json& json, const std::string& key, const nlohmann::json& value) {
  Require(json.contains(key) && json[key] == value, key + " is as in the event");
}

// nlohmann keeps the last of two that have the same key.
nlohmann::json ParseWithoutRepetition(const std::string& line) {
  size_t keys = 0;
  const auto count = [&](int, nlohmann::json::parse_event_t what, const nlohmann::json&) {
    if (what == nlohmann::json::parse_event_t::key) ++keys;
    return true;
  };
  nlohmann::json json;
  try {
    json = nlohmann::json::parse(line, count);
  } catch (const nlohmann::json::exception& error) {
    Require(false, "the line is JSON: " + std::string(error.what()));
  }
  const size_t nested = json.contains("payload") ? json["payload"].size() : 0;
  Require(keys == json.size() + nested, "each key comes once: " + line);
  return json;
}

}  // namespace
}  // namespace s390log

FUZZ_TARGET(json)(s390log::FuzzInput input) {
  using namespace s390log;
  InputReader reader(input);
  const Event event = TakeEvent(reader);
  const std::string line = JsonLine(event, kBootId);
  Require(line.find('\n') == line.size() - 1, "it is one line");
  const nlohmann::json json = ParseWithoutRepetition(line);
  RequireKey(json, "boot_id", kBootId);
  RequireKey(json, "text", TextOf(event));
  RequireKey(json, "message_id", std::string(MessageOf(event).message_id));
  if (event.match == Match::kGap) {
    RequireKey(json, "first", event.first.Value());
    RequireKey(json, "last", event.last.Value());
    RequireKey(json, "count", event.Count());
    return;
  }
  RequireKey(json, "sequence", event.first.Value());
  RequireKey(json, "cpu", event.cpu ? nlohmann::json(*event.cpu) : nlohmann::json());
  for (const Field& field : FieldsOf(event.payload))
    RequireKey(json["payload"], std::string(field.name), AsJson(field.value));
}
