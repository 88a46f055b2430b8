// SPDX-License-Identifier: MIT
// Any event that the matcher can hand to the sinks, from an input.
#pragma once

#include "s390log/event.h"
#include "tests/fuzz/input_reader.h"

namespace s390log {

// The event owns all that it is made of.
Event TakeEvent(InputReader& input);

}  // namespace s390log
