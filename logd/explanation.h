// SPDX-License-Identifier: MIT
// What `logctl explain` prints.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace s390log {

// Of a message id (TAP001I), an ERPA code (ERPA-43, or just 43), or four sense bytes or more of a
// 3480 or 3490 in hexadecimal (40422043). Nothing if it is none of these.
std::optional<std::string> Explanation(const std::string& what);

// The same as JSON; null if it is none of these.
nlohmann::ordered_json ExplanationJson(const std::string& what);

}  // namespace s390log
