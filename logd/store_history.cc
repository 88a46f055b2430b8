// SPDX-License-Identifier: MIT
#include "logd/store_history.h"

#include <algorithm>
#include <iterator>

#include "logd/store_schema.h"

namespace s390log {

// If it fails, the next call begins anew.
SQLite::Statement& StoreHistory::Select() {
  if (select_) return *select_;
  database_.emplace(path_, SQLite::OPEN_READONLY);
  return select_.emplace(
      *database_, std::string(kSelectEntry) + "WHERE entry.id >= ? ORDER BY entry.id LIMIT ?");
}

std::optional<Entry> StoreHistory::Find(uint64_t index) {
  const std::vector<StoredEvent>& entries = PageOf(index).entries;
  const auto at =
      std::lower_bound(entries.begin(), entries.end(), index,
                       [](const StoredEvent& entry, uint64_t wanted) { return entry.id < wanted; });
  if (at == entries.end() || at->id != index) return std::nullopt;
  return Entry{at->event, at->boot_id};
}

const StoreHistory::Page& StoreHistory::PageOf(uint64_t index) {
  const auto found = std::find_if(pages_.begin(), pages_.end(), [index](const Page& page) {
    return index >= page.first && !page.entries.empty() && index <= page.entries.back().id;
  });
  if (found != pages_.end()) {
    pages_.splice(pages_.begin(), pages_, found);
    return pages_.front();
  }
  // From the index on, whatever is pruned between it and the first entry. What is committed later
  // is not in the page: it ends with its last entry.
  Page page{index, {}};
  try {
    SQLite::Statement& select = Select();
    select.reset();
    select.bind(1, static_cast<int64_t>(index));
    select.bind(2, static_cast<int64_t>(kPageEntries));
    while (select.executeStep()) page.entries.push_back(LoadEntry(select));
    select.reset();
  } catch (const SQLite::Exception& error) {
    throw Explain(path_, error);
  }
  pages_.push_front(std::move(page));
  if (pages_.size() > kMaxPages) pages_.pop_back();
  return pages_.front();
}

}  // namespace s390log
