// SPDX-License-Identifier: MIT
// Plain lines that say what is being done, on standard error.
#pragma once

#include <functional>
#include <string>

namespace lab {

std::function<void(const std::string&)> ProgressOnTerminal();

}  // namespace lab
