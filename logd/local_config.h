// SPDX-License-Identifier: MIT
// Where the logd of this machine has its socket and its store, as its configuration says. One that
// cannot be read, or has errors, is as if it were not there: logctl works beside it.
#pragma once

#include <string>

namespace s390log {

// What was given, if something was.
std::string LocalStorePath(const std::string& given);
std::string LocalControlPath(const std::string& given);

}  // namespace s390log
