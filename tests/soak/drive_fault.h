// SPDX-License-Identifier: MIT
// Troubles of tape drives: taken away with a tape in them, and a driver extension that is reloaded.
#pragma once

#include "tests/soak/fault.h"

namespace lab {

void AddDriveFaults(std::vector<std::unique_ptr<Fault>>& faults);

// The drives that an operator of a soak mounts tapes on, and the one that is taken away.
inline constexpr const char* kSoakDrives[] = {"0580", "0581"};
inline constexpr char kSoakLooseDrive[] = "0582";

}  // namespace lab
