// SPDX-License-Identifier: MIT
// The table of sinks for eyes.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "logd/style.h"

namespace s390log {

// From logd's answer to "stats". Throws nlohmann::json::exception if that is not one.
std::string SinkDisplay(const nlohmann::ordered_json& stats, const Style& style);

// "350 ms", "1.5 s", "12 min"
std::string AgeText(double seconds);

}  // namespace s390log
