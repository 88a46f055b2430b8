// SPDX-License-Identifier: MIT
// An event as one line of JSON. logd.conf(5) describes the keys.
#pragma once

#include <string>

#include "s390log/event.h"

namespace s390log {

// Adds it to `out`, with the newline. `boot_id` is the text of one.
void AppendJsonLine(std::string& out, const Event& event, const std::string& boot_id);

std::string JsonLine(const Event& event, const std::string& boot_id);

}  // namespace s390log
