// SPDX-License-Identifier: MIT
#include "hercules/src/tape_library.h"

#include <algorithm>
#include <cctype>

#include "hercules/src/error.h"
#include "hercules/src/process.h"

namespace lab {

namespace {

constexpr size_t kMaxVolser = 6;

bool IsVolser(const std::string& text) {
  return !text.empty() && text.size() <= kMaxVolser &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return isupper(c) || isdigit(c); });
}

}  // namespace

std::string TapeLibrary::FileFor(const std::string& volume) {
  if (volume.find_first_of("/.") != std::string::npos) {
    if (volume.find_first_of(" \t\"'#") != std::string::npos) {
      throw LabError(ExitCode::kUsage, "Hercules cannot take a file name like '" + volume + "'");
    }
    return volume;
  }
  if (!IsVolser(volume)) {
    throw LabError(ExitCode::kUsage,
                   "'" + volume + "' is no volume serial: 1 to 6 of A-Z and 0-9 (or give a file)");
  }
  const fs::path file = shelf_ / (volume + ".aws");
  if (!fs::exists(file)) {
    const Output made = Capture({.argv = {"hetinit", "-d", file, volume, "S390LOG"}});
    if (made.status != 0) throw LabError(ExitCode::kSurroundings, "hetinit: " + made.text);
    GiveToCallingUser(file);
  }
  // Hercules runs in a folder beside the shelf; a short name keeps its messages readable.
  return "../" + shelf_.filename().string() + "/" + file.filename().string();
}

}  // namespace lab
