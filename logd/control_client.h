// SPDX-License-Identifier: MIT
// Asks a running logd over its control socket.
#pragma once

#include <optional>
#include <string>

namespace s390log {

// One request, one reply, both without newline. Nothing if no logd answers at that path; throws
// std::system_error for other failures.
std::optional<std::string> AskLogd(const std::string& path, const std::string& request);

}  // namespace s390log
