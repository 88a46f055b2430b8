// SPDX-License-Identifier: MIT
// The table of drives for eyes.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace s390log {

// From what logd answers to "drives".
std::string DriveDisplay(const nlohmann::ordered_json& answer);

}  // namespace s390log
