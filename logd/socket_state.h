// SPDX-License-Identifier: MIT
// What transports ask of their sockets. Nothing here blocks.
#pragma once

#include <optional>

namespace s390log {

// Sets an option that a socket works without, too, only less well.
void TrySetOption(int fd, int level, int option, int value);

// The error that has come meanwhile, as an errno; 0 is none.
int PendingError(int fd);

// Reads and drops what a server sends, for syslog has no answers. Nothing: the connection stands;
// else how it ended, as an errno, 0 in order. Of a server that never stops sending it reads so much
// at a time that there is time for the rest.
std::optional<int> DropInput(int fd);

}  // namespace s390log
