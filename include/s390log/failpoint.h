// SPDX-License-Identifier: MIT
// The places at which a crash would hurt most: around each step that is durable, or that another
// relies on. Failpoint() does nothing. The tests link a logd of their own, in which another
// definition of it takes the place of ours and ends the process there
// (tests/guest/programs/failpoint.cc); what is installed cannot do that.
#pragma once

#include <array>
#include <string_view>

namespace s390log {

inline constexpr auto kFailpoints = std::to_array<std::string_view>({
    // the start
    "schema-before-commit",
    "schema-committed",
    "start-before-taken",
    "start-taken",
    // entries, and the kernel
    "store-before-commit",
    "store-committed",
    "before-acknowledge",
    "kernel-taken",  // the numbers are answered for, their memory is not given back
    "acknowledged",
    // where the sinks are
    "cursors-before-commit",
    "cursors-committed",
    // the sinks
    "syslog-sent",
    "json-written",
    "rotate-shifting",
    "rotate-shifted",
    "rotate-renamed",
    // retention
    "prune-before-commit",
    "pruned",
    // the end
    "draining",
    "drained",
    "ended",
});

void Failpoint(std::string_view name);

}  // namespace s390log
