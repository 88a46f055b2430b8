// SPDX-License-Identifier: MIT
#include "s390log/message.h"

#include <fmt/args.h>
#include <fmt/format.h>

namespace s390log {

const CatalogEntry& MessageOf(const Event& event) {
  if (event.match == Match::kGap) return EntryOf(Subject::kGap);
  if (event.match == Match::kPayloadLost) return EntryOf(Subject::kPayloadLost);
  const CatalogEntry* entry = FindEvent(event.id);
  const bool readable = !std::holds_alternative<UnknownPayload>(event.payload);
  return entry != nullptr && readable ? *entry : EntryOf(Subject::kUnknown);
}

std::string NameOf(const Event& event) {
  if (event.match == Match::kGap) return std::string(EntryOf(Subject::kGap).name);
  const CatalogEntry* entry = FindEvent(event.id);
  return entry != nullptr ? std::string(entry->name) : fmt::format("event_{:08x}", event.id);
}

std::string_view NameOf(Match match) {
  switch (match) {
    case Match::kComplete:
      return "complete";
    case Match::kCoalesced:
      return "coalesced";
    case Match::kPayloadLost:
      return "payload_lost";
    case Match::kGap:
      return "gap";
  }
  return "unknown";
}

namespace {

std::string RangeOf(const Event& event) {
  if (event.Count() == 1) return fmt::format("Event {}", event.first.Value());
  return fmt::format("Events {} to {} ({} in number)", event.first.Value(), event.last.Value(),
                     event.Count());
}

}  // namespace

std::vector<Field> ParametersOf(const Event& event) {
  std::vector<Field> parameters = FieldsOf(event.payload);
  const bool lost = event.match == Match::kGap || event.match == Match::kPayloadLost;
  parameters.push_back({"sequence", event.first.Value()});
  parameters.push_back({"event", NameOf(event)});
  parameters.push_back({"device", event.device ? event.device->ToString() : "none"});
  if (event.cpu) parameters.push_back({"cpu", uint64_t{*event.cpu}});
  if (!lost) return parameters;
  parameters.push_back({"range", RangeOf(event)});
  parameters.push_back({"first", event.first.Value()});
  parameters.push_back({"last", event.last.Value()});
  parameters.push_back({"count", event.Count()});
  parameters.push_back({"cause", ToString(event.cause)});
  return parameters;
}

std::string TextOf(const Event& event) {
  fmt::dynamic_format_arg_store<fmt::format_context> arguments;
  for (const Field& field : ParametersOf(event)) {
    arguments.push_back(fmt::arg(std::string(field.name).c_str(), ToString(field.value)));
  }
  return fmt::vformat(MessageOf(event).text, arguments);
}

}  // namespace s390log
