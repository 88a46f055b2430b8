// SPDX-License-Identifier: MIT
// The durable queue: every event and gap that was collected, in an SQLite file that plain sqlite3
// can read. Entries have the same indexes as in the backlog; they go on counting from one start of
// logd to the next.
//
// One process writes (logd); any number read beside it (write-ahead log). A transaction is on the
// disk before Commit() returns. Not thread-safe. All functions throw StoreError, and then nothing
// of the call has happened.
#pragma once

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "logd/backlog.h"
#include "logd/store_schema.h"
#include "s390log/boot_id.h"

namespace s390log {

struct StoreLimits {
  uint64_t max_bytes = 0;         // of the file; 0: no limit
  std::chrono::hours max_age{0};  // 0: no limit
};

class Store {
 public:
  // Entries in one transaction, and how long a slow machine makes one, so that the daemon's one
  // thread gets back to its other work. The time is looked at after every so many.
  static constexpr uint64_t kMaxBatch = 4096;
  static constexpr std::chrono::milliseconds kCommitTime{250};
  static constexpr uint64_t kLookEvery = 64;
  // Entries that one call of Prune() removes at most.
  static constexpr uint64_t kMaxPruned = 10'000;

  // Opens the file, or makes it (with mode 0640; its folder must be there). If there is no room to
  // make it, that is no error yet: it is made by the first call that writes and finds room.
  explicit Store(const std::string& path);

  // Makes the file, if that has not been possible before.
  void Make();

  // The oldest entry, and the one that comes next. Equal: there are none.
  uint64_t Begin() const { return begin_; }
  uint64_t End() const { return end_; }

  // All numbers of this boot up to here are in the store.
  SequenceNumber StoredThrough(const BootId& boot);

  // Where sinks go on after a restart, by name: the first entry that a sink has not safely taken.
  using Cursors = std::map<std::string, uint64_t>;

  // Adds the entries from End() on, within these bounds, and saves the cursors; false if there are
  // none.
  bool Commit(const Backlog& backlog, const BootId& boot, const Cursors& cursors);

  std::optional<uint64_t> Cursor(const std::string& sink);
  void SaveCursors(const Cursors& cursors);
  void DropCursor(const std::string& sink);

  // Removes what is beyond the limits, oldest first; true if there is more to remove.
  bool Prune(const StoreLimits& limits, uint64_t now_ns);

  // Bytes of the file that are in use; 0 before it is made.
  uint64_t Size();

  const std::string& Path() const { return path_; }

 private:
  static constexpr uint64_t kFirstEntry = 1;

  void Open();
  void FindEnds(SQLite::Database& database);
  int64_t BootRow(const BootId& boot);
  void WriteCursors(const Cursors& cursors, uint64_t end);
  uint64_t FirstKept(const StoreLimits& limits, uint64_t now_ns);

  std::string path_;
  std::optional<SQLite::Database> database_;
  std::optional<SQLite::Statement> insert_;
  uint64_t begin_ = 0;
  uint64_t end_ = 0;            // 0: not known yet
  std::optional<BootId> boot_;  // the one of boot_row_
  int64_t boot_row_ = 0;
};

}  // namespace s390log
