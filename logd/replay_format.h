// SPDX-License-Identifier: MIT
// What logctl replay prints: lines for people, or JSON.
#pragma once

#include <string>

#include "s390log/capture_fault.h"
#include "s390log/event.h"

namespace s390log {

// Time, number (of a gap the first), device, message id, text.
std::string HumanLine(const Event& event);

std::string HumanLine(const CaptureFault& fault);
std::string JsonLine(const CaptureFault& fault);

}  // namespace s390log
