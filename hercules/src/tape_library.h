// SPDX-License-Identifier: MIT
// The shelf of tapes of one lab: AWS files, made on demand with a standard label.
#pragma once

#include <string>

#include "hercules/src/layout.h"

namespace lab {

class TapeLibrary {
 public:
  explicit TapeLibrary(const fs::path& shelf) : shelf_(shelf) {}

  // What an operator says is a volume serial ("VOL001"), or a path if it has a '/' or a '.'.
  // The result is a file name for Hercules; a path need not exist.
  std::string FileFor(const std::string& volume);

 private:
  fs::path shelf_;
};

}  // namespace lab
