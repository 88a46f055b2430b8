// SPDX-License-Identifier: MIT
#include "logd/selection.h"

#include <fnmatch.h>

#include <algorithm>

#include "s390log/message.h"

namespace s390log {
namespace {

bool Fits(const std::string& pattern, const CatalogEntry& entry) {
  const auto matches = [&](std::string_view text) {
    return ::fnmatch(pattern.c_str(), std::string(text).c_str(), 0) == 0;
  };
  return matches(entry.message_id) || matches(entry.name);
}

}  // namespace

bool Selection::IsEventPattern(const std::string& text) {
  const auto table = CatalogTable();
  return std::any_of(table.begin(), table.end(),
                     [&](const CatalogEntry& entry) { return Fits(text, entry); });
}

Selection::Selection(const SelectionConfig& config)
    : severity_(config.severity), all_events_(config.events.empty()) {
  for (const std::string& pattern : config.events) {
    for (const CatalogEntry& entry : CatalogTable()) {
      if (Fits(pattern, entry)) message_ids_.insert(entry.message_id);
    }
  }
  for (const std::string& text : config.devices) {
    devices_.push_back(DevicePattern::Parse(text).value());
  }
}

bool Selection::Wants(const Event& event) const {
  if (event.match == Match::kGap) return true;
  const CatalogEntry& entry = MessageOf(event);
  return entry.severity <= severity_ && WantsKind(event, entry) && WantsDevice(event);
}

bool Selection::WantsKind(const Event& event, const CatalogEntry& entry) const {
  if (all_events_ || message_ids_.contains(entry.message_id)) return true;
  // Of a lost payload the message is another, but the kind is known.
  const CatalogEntry* kind = FindEvent(event.id);
  return event.match == Match::kPayloadLost && kind != nullptr &&
         message_ids_.contains(kind->message_id);
}

bool Selection::WantsDevice(const Event& event) const {
  if (devices_.empty() || event.match == Match::kPayloadLost) return true;
  return event.device &&
         std::any_of(devices_.begin(), devices_.end(),
                     [&](const DevicePattern& pattern) { return pattern.Matches(*event.device); });
}

}  // namespace s390log
