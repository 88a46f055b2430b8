// SPDX-License-Identifier: MIT
// From the configuration to a syslog sink.
#pragma once

#include <memory>

#include "logd/config.h"
#include "logd/sink.h"

namespace s390log {

std::unique_ptr<Sink> MakeSyslogSink(const SyslogConfig& config);

}  // namespace s390log
