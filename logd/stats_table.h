// SPDX-License-Identifier: MIT
// The statistics for eyes.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace s390log {

// From logd's answer. Throws nlohmann::json::exception if that is not one.
std::string StatsTable(const nlohmann::ordered_json& stats);

}  // namespace s390log
