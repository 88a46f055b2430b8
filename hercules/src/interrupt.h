// SPDX-License-Identifier: MIT
// ^C as an exception, so that a lab in a local variable comes down as in any other end.
#pragma once

namespace lab {

// From now on SIGINT, SIGTERM and SIGHUP are only noted.
void NoteInterrupts();
// Throws LabError kInterrupted if one was noted.
void ThrowIfInterrupted();

}  // namespace lab
