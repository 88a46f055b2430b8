// SPDX-License-Identifier: MIT
// Makes the supervisor's process: its lock, its namespaces, and what it tells while it starts.
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>

#include "hercules/src/layout.h"
#include "hercules/src/spec.h"
#include "hercules/src/unique_fd.h"

namespace lab {

// Returns when the lab is up; throws LabError if it does not come up. If owned, the result is what
// keeps the lab alive: it ends when the last copy of that descriptor is closed.
UniqueFd Launch(const GuestSpec& spec, const Layout& layout, bool owned,
                const std::function<void(const std::string&)>& progress);

// Whether a supervisor of that lab runs, or is being started.
bool IsHeld(const Layout& layout);
// Its process id, once it has one.
std::optional<pid_t> HolderOf(const Layout& layout);

// Waits for the end of a lab that was told to end; kills it if that takes too long.
void AwaitEnd(const Layout& layout);

}  // namespace lab
