// SPDX-License-Identifier: MIT
// An event in words, by the catalog.
#pragma once

#include <string>
#include <vector>

#include "s390log/catalog.h"
#include "s390log/event.h"

namespace s390log {

// The entry that describes the event, which for a lost payload is not the event's own.
const CatalogEntry& MessageOf(const Event& event);

// "tape_loaded", "gap"; for an event that this program does not know "event_00000004".
std::string NameOf(const Event& event);

// The sentence.
std::string TextOf(const Event& event);

// "complete", "coalesced", "payload_lost", "gap"
std::string_view NameOf(Match match);

// What the text of an entry may refer to: the payload's fields and what every event has.
std::vector<Field> ParametersOf(const Event& event);

}  // namespace s390log
