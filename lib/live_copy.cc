// SPDX-License-Identifier: MIT
#include "s390log/live_copy.h"

#include <cstdint>
#include <cstring>

namespace s390log {

void CopyLive(std::span<const std::byte> from, std::byte* to) {
  size_t at = 0;
  // Damaged positions may point between words.
  if (reinterpret_cast<uintptr_t>(from.data()) % sizeof(uint64_t) == 0) {
    for (; from.size() - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
      const auto* live = reinterpret_cast<const uint64_t*>(from.data() + at);
      const uint64_t word = __atomic_load_n(live, __ATOMIC_RELAXED);
      std::memcpy(to + at, &word, sizeof(word));
    }
  }
  for (; at < from.size(); ++at) to[at] = __atomic_load_n(from.data() + at, __ATOMIC_RELAXED);
}

}  // namespace s390log
