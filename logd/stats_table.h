// SPDX-License-Identifier: MIT
// The statistics for eyes.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "logd/style.h"

namespace s390log {

// From logd's answer. Throws nlohmann::json::exception if that is not one.
std::string StatsTable(const nlohmann::ordered_json& stats, const Style& style = {});

}  // namespace s390log
