// SPDX-License-Identifier: MIT
#include "s390log/message.h"

#include <fmt/format.h>
#include <linux/s390_log.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

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
  if (event.match == Match::kGap) {
    return EntryOf(event.suppressed != 0 ? Subject::kSuppressed : Subject::kGap);
  }
  if (event.match == Match::kPayloadLost) return EntryOf(Subject::kPayloadLost);
  if (const CatalogEntry* special = FindSpecial(event)) return *special;
  const CatalogEntry* entry = FindEvent(event.id);
  const bool readable = !std::holds_alternative<UnknownPayload>(event.payload);
  return entry != nullptr && readable ? *entry : EntryOf(Subject::kUnknown);
}

std::string NameOf(const Event& event) {
  if (event.match == Match::kGap) return std::string(MessageOf(event).name);
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
  if (event.suppressed != 0) {
    return fmt::format("{} events from {} to {}", event.Count(), event.first.Value(),
                       event.last.Value());
  }
  return fmt::format("Events {} to {} ({} in number)", event.first.Value(), event.last.Value(),
                     event.Count());
}

// What a text may refer to beside the payload's fields; nothing: the event has no such thing.
std::optional<std::string> ParameterOf(const Event& event, std::string_view name) {
  if (name == "device") return event.device ? event.device->ToString() : "none";
  if (name == "tape") return TapeOf(event);
  if (name == "volser") return VolserOf(event);
  if (name == "sequence") return std::to_string(event.first.Value());
  if (name == "event") return NameOf(event);
  if (name == "cpu" && event.cpu) return std::to_string(*event.cpu);
  if (event.match != Match::kGap && event.match != Match::kPayloadLost) return std::nullopt;
  if (name == "range") return RangeOf(event);
  if (name == "first") return std::to_string(event.first.Value());
  if (name == "last") return std::to_string(event.last.Value());
  if (name == "count") return std::to_string(event.Count());
  if (name == "cause") return ToString(event.cause);
  return std::nullopt;
}

void AppendParameter(std::string& text, const Event& event, std::span<const Field> fields,
                     std::string_view name) {
  const auto field =
      std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == name; });
  if (field != fields.end()) {
    const std::string* words = std::get_if<std::string>(&field->value);
    words != nullptr ? text += * words : text += ToString(field->value);
    return;
  }
  const std::optional<std::string> value = ParameterOf(event, name);
  if (!value) throw std::logic_error(fmt::format("the catalog asks for {{{}}}", name));
  text += *value;
}

}  // namespace

void AppendText(std::string& text, const Event& event, const CatalogEntry& entry,
                std::span<const Field> fields) {
  std::string_view rest = entry.text;
  while (true) {
    const size_t begin = rest.find('{');
    text += rest.substr(0, begin);
    if (begin == std::string_view::npos) return;
    const size_t end = rest.find('}', begin);
    if (end == std::string_view::npos) throw std::logic_error("the catalog has a { without a }");
    AppendParameter(text, event, fields, rest.substr(begin + 1, end - begin - 1));
    rest.remove_prefix(end + 1);
  }
}

std::string TextOf(const Event& event) {
  std::string text;
  AppendText(text, event, MessageOf(event), FieldsOf(event.payload));
  return text;
}

}  // namespace s390log
