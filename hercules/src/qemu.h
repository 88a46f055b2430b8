// SPDX-License-Identifier: MIT
// QEMU: the fast machine, for all that needs no channel device.
#pragma once

#include "hercules/src/layout.h"
#include "hercules/src/machine.h"
#include "hercules/src/spec.h"

namespace lab {

// The tap device that QEMU is attached to.
inline constexpr char kTapName[] = "tap0";

// The one that hercules/setup/qemu.sh unpacks.
fs::path QemuProgram();

MachinePlan PlanQemu(const GuestSpec& spec, const Layout& layout);

}  // namespace lab
