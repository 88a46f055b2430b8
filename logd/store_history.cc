// SPDX-License-Identifier: MIT
#include "logd/store_history.h"

#include <algorithm>
#include <iterator>

#include "logd/store_schema.h"

namespace s390log {

StoreHistory::StoreHistory(const std::string& path) : path_(path) {
  try {
    database_.emplace(path, SQLite::OPEN_READONLY);
    select_.emplace(*database_,
                    std::string(kSelectEntry) + "WHERE entry.id >= ? ORDER BY entry.id LIMIT ?");
  } catch (const SQLite::Exception& error) {
    throw Explain(path_, error);
  }
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
    select_->reset();
    select_->bind(1, static_cast<int64_t>(index));
    select_->bind(2, static_cast<int64_t>(kPageEntries));
    while (select_->executeStep()) page.entries.push_back(LoadEntry(*select_));
    select_->reset();
  } catch (const SQLite::Exception& error) {
    throw Explain(path_, error);
  }
  pages_.push_front(std::move(page));
  if (pages_.size() > kMaxPages) pages_.pop_back();
  return pages_.front();
}

}  // namespace s390log
