// SPDX-License-Identifier: MIT
// Asks whether somebody listens.
#pragma once

#include <string>

namespace lab {

// Tries to connect to a TCP port; waits at most a quarter of a second.
bool PortAnswers(const std::string& address, int port);

}  // namespace lab
