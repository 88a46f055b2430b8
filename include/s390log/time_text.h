// SPDX-License-Identifier: MIT
// Times as text.
#pragma once

#include <cstdint>
#include <string>

namespace s390log {

// RFC 3339 in UTC with `digits` (1 to 9) of a second's fraction: 2026-11-23T02:20:01.000000001Z.
// Digits beyond are cut off, not rounded.
std::string Rfc3339(uint64_t ns_since_epoch, int digits);

}  // namespace s390log
