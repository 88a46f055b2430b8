// SPDX-License-Identifier: MIT
// An event in words, by the catalog.
#pragma once

#include <span>
#include <string>

#include "s390log/catalog.h"
#include "s390log/event.h"

namespace s390log {

// The entry that describes the event, which for a lost payload is not the event's own.
const CatalogEntry& MessageOf(const Event& event);

// "tape_loaded", "gap"; for an event that this program does not know "event_00000004".
std::string NameOf(const Event& event);

// The sentence.
std::string TextOf(const Event& event);

// The same, added to `text`, for who has the event's entry and its payload's fields already. An
// entry refers to these and to what every event has.
void AppendText(std::string& text, const Event& event, const CatalogEntry& entry,
                std::span<const Field> fields);

// "complete", "coalesced", "payload_lost", "gap"
std::string_view NameOf(Match match);

}  // namespace s390log
