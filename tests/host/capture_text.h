// SPDX-License-Identifier: MIT
// What a replay of a folder finds, as text.
#pragma once

#include <string>
#include <vector>

#include "s390log/capture_reader.h"
#include "tests/host/item_text.h"

namespace s390log {

struct Replayed {
  std::string items;                // "1 2 -3..5 6"
  std::vector<std::string> causes;  // of each hole
  std::vector<std::string> faults;  // without the folder
  uint64_t before = 0;
  uint64_t emitted = 0;
  uint64_t records = 0;
  uint64_t lost = 0;
  bool end_is_known = false;

  // The books, whatever happened.
  bool Balanced() const { return emitted == before + records + lost; }
};

inline Replayed ReplayFolder(const std::string& folder) {
  Replayed found;
  const auto on_fault = [&](const CaptureFault& fault) {
    found.faults.push_back(ToString(fault).substr(folder.size() + 1));
  };
  CaptureReader reader(folder, on_fault);
  while (const auto item = reader.Next()) {
    found.items += (found.items.empty() ? "" : " ") + ToText(*item);
    if (const Missing* missing = std::get_if<Missing>(&*item)) {
      found.causes.push_back(ToString(missing->cause));
      found.lost += CountOf(missing->first, missing->last);
    } else {
      ++found.records;
    }
  }
  found.before = reader.Before();
  found.emitted = reader.Emitted().Value();
  found.end_is_known = reader.EndIsKnown();
  return found;
}

}  // namespace s390log
