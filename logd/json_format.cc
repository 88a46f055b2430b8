// SPDX-License-Identifier: MIT
#include "logd/json_format.h"

#include <nlohmann/json.hpp>

#include "s390log/message.h"
#include "s390log/time_text.h"

namespace s390log {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kTimeDigits = 9;

Json PayloadJson(const Event& event) {
  Json payload = Json::object();
  for (const Field& field : FieldsOf(event.payload)) {
    std::visit([&](const auto& value) { payload[std::string(field.name)] = value; }, field.value);
  }
  return payload;
}

Json GapJson(const Event& event, const std::string& boot_id) {
  const CatalogEntry& entry = MessageOf(event);
  Json line;
  line["boot_id"] = boot_id;
  line["time"] = Rfc3339(event.time_ns, kTimeDigits);
  line["event"] = NameOf(event);
  line["first"] = event.first.Value();
  line["last"] = event.last.Value();
  line["count"] = event.Count();
  line["cause"] = ToString(event.cause);
  line["message_id"] = entry.message_id;
  line["severity"] = SeverityName(entry.severity);
  line["text"] = TextOf(event);
  return line;
}

Json EventJson(const Event& event, const std::string& boot_id) {
  const CatalogEntry& entry = MessageOf(event);
  Json line;
  line["boot_id"] = boot_id;
  line["sequence"] = event.first.Value();
  line["time"] = Rfc3339(event.time_ns, kTimeDigits);
  line["device"] = event.device ? Json(event.device->ToString()) : Json(nullptr);
  if (event.volser) line["volser"] = *event.volser;
  line["cpu"] = event.cpu ? Json(*event.cpu) : Json(nullptr);
  line["event"] = NameOf(event);
  line["message_id"] = entry.message_id;
  line["severity"] = SeverityName(entry.severity);
  line["match"] = NameOf(event.match);
  if (event.inferred) line["inferred"] = true;
  if (event.truncated) line["truncated"] = true;
  line["text"] = TextOf(event);
  line["payload"] = PayloadJson(event);
  return line;
}

}  // namespace

std::string JsonLine(const Event& event, const std::string& boot_id) {
  const bool gap = event.match == Match::kGap;
  return (gap ? GapJson(event, boot_id) : EventJson(event, boot_id)).dump() + '\n';
}

}  // namespace s390log
