// SPDX-License-Identifier: MIT
// The table of drives for eyes.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "logd/style.h"

namespace s390log {

// From what logd answers to "drives".
std::string DriveDisplay(const nlohmann::ordered_json& answer, const Style& style = {});

}  // namespace s390log
