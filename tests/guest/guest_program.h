// SPDX-License-Identifier: MIT
// GoogleTest programs that run in the guest: their results go beside ours into the folder
// $LAB_TEST_RESULTS, and count each for itself.
#pragma once

#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "hercules/src/lab.h"

namespace lab {

// Returns the program's status. What it prints, we print.
inline ExitStatus RunGuestProgram(Lab& guest, const std::string& program,
                                  milliseconds limit = kCaptureLimit) {
  const Output output = guest.Run(fmt::format("/usr/lib/s390-log/tests/{0} --gtest_color=no "
                                              "--gtest_output=json:/tmp/{0}.json 2>&1",
                                              program),
                                  "", limit);
  puts(output.text.c_str());
  if (const char* folder = getenv("LAB_TEST_RESULTS")) {
    const Output json = guest.Run("cat /tmp/" + program + ".json");
    std::ofstream(fs::path(folder) / ("guest-" + program + ".json")) << json.text;
  }
  return output.status;
}

}  // namespace lab
