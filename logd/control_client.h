// SPDX-License-Identifier: MIT
// Asks a running logd over its control socket.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace s390log {

// One request, one reply, both without newline. Nothing if no logd answers at that path; throws
// AccessError if this user may not ask, std::system_error for other failures.
std::optional<std::string> AskLogd(const std::string& path, const std::string& request,
                                   std::chrono::seconds limit = std::chrono::seconds(10));

}  // namespace s390log
