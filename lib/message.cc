// SPDX-License-Identifier: MIT
#include "s390log/message.h"

#include <fmt/args.h>
#include <fmt/format.h>
#include <linux/s390_log.h>

namespace s390log {
namespace {

constexpr uint8_t kBeginningOfTape = 0x08;  // sense byte 1
constexpr uint8_t kErpaVoid = 0x31;
constexpr uint8_t kErpaEndOfData = 0x36;

// A void at the beginning is a blank tape; elsewhere it is the end of what is recorded.
bool IsBeyond(const Event& event, const TapeErrorPayload& error) {
  if (event.id != KEVENT_S390_TAPE_UNREADABLE) return false;
  if (error.erpa == kErpaEndOfData) return true;
  return error.erpa == kErpaVoid && (error.sense[1] & kBeginningOfTape) == 0;
}

const CatalogEntry* FindSpecialVolume(const VolumePayload& volume) {
  if (!volume.Identified()) return &EntryOf(Subject::kUnidentified);
  return volume.Labelled() ? nullptr : &EntryOf(Subject::kUnlabelled);
}

// "Tape VOL001", if it is known which
std::string TapeOf(const Event& event) {
  return event.volser && !event.volser->empty() ? "Tape " + *event.volser : "Tape";
}

// For a sentence: a label may have no serial.
std::string VolserOf(const Event& event) {
  if (!event.volser) return "";
  return event.volser->empty() ? "(blank)" : *event.volser;
}

// What the kernel tells by one event, and an operator by more than one message.
const CatalogEntry* FindSpecial(const Event& event) {
  const auto* volume = std::get_if<VolumePayload>(&event.payload);
  if (volume != nullptr) return FindSpecialVolume(*volume);
  const auto* error = std::get_if<TapeErrorPayload>(&event.payload);
  if (error == nullptr) return nullptr;
  if ((error->flags & S390_LOG_ERROR_RECOVERED) != 0) return &EntryOf(Subject::kRecovered);
  return IsBeyond(event, *error) ? &EntryOf(Subject::kBeyond) : nullptr;
}

}  // namespace

const CatalogEntry& MessageOf(const Event& event) {
  if (event.match == Match::kGap) return EntryOf(Subject::kGap);
  if (event.match == Match::kPayloadLost) return EntryOf(Subject::kPayloadLost);
  if (const CatalogEntry* special = FindSpecial(event)) return *special;
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
  parameters.push_back({"tape", TapeOf(event)});
  parameters.push_back({"volser", VolserOf(event)});
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
