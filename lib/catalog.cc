// SPDX-License-Identifier: MIT
#include "s390log/catalog.h"

#include <algorithm>
#include <array>
#include <bit>
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

// Asked for several times for each event.
const CatalogEntry* FindEvent(uint32_t event) {
  static const auto by_bit = [] {
    std::array<const CatalogEntry*, 32> table{};
    for (const CatalogEntry& entry : CatalogTable()) {
      if (entry.subject != Subject::kEvent) continue;
      table.at(static_cast<size_t>(std::countr_zero(entry.event))) = &entry;
    }
    return table;
  }();
  return std::has_single_bit(event) ? by_bit[static_cast<size_t>(std::countr_zero(event))]
                                    : nullptr;
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
