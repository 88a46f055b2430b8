// SPDX-License-Identifier: MIT
// Reading what a writer may be overwriting.
#pragma once

#include <cstddef>
#include <span>

namespace s390log {

// Copies `from`, which is mapped, to `to`: of each aligned 8 bytes, what stood there at one moment.
// The caller finds out afterwards whether the writer had come round, and then throws the copy away.
void CopyLive(std::span<const std::byte> from, std::byte* to);

}  // namespace s390log
