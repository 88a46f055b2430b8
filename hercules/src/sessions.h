// SPDX-License-Identifier: MIT
// What a person watches from begin to end: `make run` and `make lab`.
#pragma once

#include "hercules/src/error.h"
#include "hercules/src/spec.h"

namespace lab {

// Boots, plays the operator's script, checks the books and the guest's log.
ExitCode RunDemo(const GuestSpec& spec);

// Boots, and stays: shows events, passes typed lines to a shell in the guest, ends on ^C.
ExitCode RunKept(const GuestSpec& spec);

}  // namespace lab
