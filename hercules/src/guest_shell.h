// SPDX-License-Identifier: MIT
// Commands in the guest. The supervisor holds one ssh connection open; everybody else goes through
// its Unix socket and so needs neither the keys nor the lab's network namespace.
#pragma once

#include <string>
#include <vector>

#include "hercules/src/layout.h"
#include "hercules/src/loop.h"
#include "hercules/src/process.h"

namespace lab {

// The connection itself, in the lab's namespace. Ready when Layout::SshSocket() exists.
Process StartConnection(const Layout& layout);

// A command line for the guest's shell, as a local command. tty: with a terminal.
Command InGuest(const Layout& layout, const std::string& line, bool tty = false);

}  // namespace lab
