// SPDX-License-Identifier: MIT
#include "s390log/catalog.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace s390log {
namespace {

template <typename Predicate>
const CatalogEntry* FindIf(Predicate predicate) {
  const auto table = CatalogTable();
  const auto at = std::find_if(table.begin(), table.end(), predicate);
  return at == table.end() ? nullptr : &*at;
}

}  // namespace

const CatalogEntry* FindMessage(std::string_view message_id) {
  return FindIf([&](const CatalogEntry& entry) { return entry.message_id == message_id; });
}

const CatalogEntry* FindEvent(uint32_t event) {
  return FindIf([&](const CatalogEntry& entry) {
    return entry.subject == Subject::kEvent && entry.event == event;
  });
}

const CatalogEntry& EntryOf(Subject subject) {
  const auto* entry = FindIf([&](const CatalogEntry& each) { return each.subject == subject; });
  if (entry == nullptr) std::abort();  // the generator refuses a catalog without it
  return *entry;
}

std::string_view SeverityName(int severity) {
  static constexpr std::array<std::string_view, 8> kNames = {"emerg",   "alert",  "crit", "err",
                                                             "warning", "notice", "info", "debug"};
  return kNames.at(static_cast<size_t>(severity));
}

}  // namespace s390log
