// SPDX-License-Identifier: MIT
// What transports ask of their sockets. Nothing here blocks.
#pragma once

#include <cstddef>
#include <optional>

namespace s390log {

// Sets an option that a socket works without, too, only less well.
void TrySetOption(int fd, int level, int option, int value);

// The error that has come meanwhile, as an errno; 0 is none.
int PendingError(int fd);

// Of a server that never stops sending so much is dropped in a turn that there is time for the
// rest.
inline constexpr size_t kMaxDropped = 64 * 1024;

// Reads and drops what a server sends, for syslog has no answers. Nothing: the connection stands;
// else how it ended, as an errno, 0 in order.
std::optional<int> DropInput(int fd);

}  // namespace s390log
