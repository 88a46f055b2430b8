// SPDX-License-Identifier: MIT
// The books under a flood, in a guest that nobody else consumes in. tests/guest/programs/flood says
// what happens; $FLOOD_EVENTS sets how many events, for a run for the record (make flood).
#pragma once

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "hercules/src/lab.h"

namespace lab {

inline constexpr const char* kFloodModes[] = {"no-overwrite", "overwrite", "switch"};

inline void RunFlood(Lab& guest, const std::string& mode, uint64_t events) {
  if (const char* set = getenv("FLOOD_EVENTS")) events = std::stoull(set);
  const uint64_t limit = 120 + events / 1000;
  const Output output =
      guest.Run(fmt::format("modprobe kevent && modprobe s390_log subbuf_size=4096 n_subbufs=16 && "
                            "modprobe s390_log_source && "
                            "/usr/lib/s390-log/tests/flood {} {} {} 2>&1; rc=$?; "
                            "rmmod s390_log_source && rmmod s390_log && rmmod kevent; exit $rc",
                            events, mode, limit),
                {}, seconds(limit + 60));
  puts(output.text.c_str());
  EXPECT_EQ(output.status, 0) << output.text;
}

}  // namespace lab
