// SPDX-License-Identifier: MIT
// What people may name on logctl's command line, for its completion.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "logd/completion.h"

namespace s390log {

// By the names of types, as logctl's options have them: MESSAGE, EVENT, DEVICE, VOLSER, TIME.
// Devices and volumes are those that the logd at `socket` knows, and of devices those that sysfs
// shows. Who does not answer soon is left out.
std::map<std::string, std::function<Candidates()>> KnownValues(const std::string& socket);

}  // namespace s390log
