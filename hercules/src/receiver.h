// SPDX-License-Identifier: MIT
// A real rsyslogd as the receiving end: RFC 5424 over TCP, octet counting, into one file, each
// message on one line as it came. One that is started again goes on with the same file.
#pragma once

#include "hercules/src/layout.h"
#include "hercules/src/loop.h"
#include "hercules/src/process.h"

namespace lab {

// Starts it and waits until it listens. Call this in the lab's network namespace.
Process StartReceiver(Loop& loop, const Layout& layout);

}  // namespace lab
