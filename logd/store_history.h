// SPDX-License-Identifier: MIT
// Entries that have left the backlog, read from the store for sinks that are behind.
//
// A connection of its own, made when it is first needed. Pages of entries are kept, a few at a
// time: sinks that are behind read in order. Not thread-safe.
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <list>
#include <optional>
#include <string>
#include <vector>

#include "logd/backlog.h"
#include "logd/store_row.h"

namespace s390log {

class StoreHistory : public History {
 public:
  static constexpr uint64_t kPageEntries = 256;
  static constexpr size_t kMaxPages = 4;

  explicit StoreHistory(const std::string& path) : path_(path) {}

  // Throws StoreError.
  std::optional<Entry> Find(uint64_t index) override;

 private:
  struct Page {
    uint64_t first;
    std::vector<StoredEvent> entries;  // in order; not all indexes need be there
  };

  SQLite::Statement& Select();
  const Page& PageOf(uint64_t index);

  std::string path_;
  std::optional<SQLite::Database> database_;
  std::optional<SQLite::Statement> select_;
  std::list<Page> pages_;  // the one used last is in front
};

}  // namespace s390log
