// SPDX-License-Identifier: MIT
// What a reader yields, as text: "1 2 -3..5 6" is three records and a hole of three numbers.
#pragma once

#include <string>
#include <variant>

#include "s390log/channel_reader.h"

namespace s390log {

inline std::string ToText(const Item& item) {
  if (const Record* record = std::get_if<Record>(&item)) {
    return std::to_string(record->sequence.Value());
  }
  const Missing& missing = std::get<Missing>(item);
  std::string text = "-" + std::to_string(missing.first.Value());
  if (missing.last != missing.first) text += ".." + std::to_string(missing.last.Value());
  return text;
}

// All that one look finds.
inline std::string ReadAll(ChannelReader& reader) {
  reader.Look();
  std::string text;
  while (const auto item = reader.Next()) text += (text.empty() ? "" : " ") + ToText(*item);
  return text;
}

}  // namespace s390log
