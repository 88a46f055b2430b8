// SPDX-License-Identifier: MIT
// The sections [syslog], or [[syslog]], of the configuration.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "logd/config.h"
#include "logd/config_section.h"

namespace s390log {

// The names of the facilities, in the order of their numbers.
const std::vector<std::string_view>& Facilities();

void ReadSyslogSection(ConfigSection& section, SyslogConfig& syslog);

// What the sink is called, and its place in the store.
std::string SinkNameOf(const SyslogConfig& syslog);

}  // namespace s390log
