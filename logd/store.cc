// SPDX-License-Identifier: MIT
#include "logd/store.h"

#include <SQLiteCpp/Transaction.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "logd/store_row.h"
#include "s390log/failpoint.h"
#include "s390log/unique_fd.h"

namespace s390log {
namespace {

constexpr int kBusyMs = 2000;            // for a reader that holds up a checkpoint
constexpr int kJournalBytes = 16 << 20;  // what the log is cut back to

// SQLite makes files as the umask says; events are for root and the group only.
void MakeFile(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
  if (fd) return;
  const bool no_room = errno == ENOSPC || errno == EDQUOT;
  throw StoreError(fmt::format("{} cannot be opened: {}", path, std::strerror(errno)),
                   no_room ? StoreError::Kind::kNoRoom : StoreError::Kind::kOther);
}

bool IsThere(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && status.st_size != 0;
}

// The log and its index stay when logd ends, with nothing in them: a user who may not make files in
// the folder could not read the store without them, and on a full disk neither could logd.
void KeepLogFiles(SQLite::Database& database) {
  int on = 1;
  database.check(
      sqlite3_file_control(database.getHandle(), nullptr, SQLITE_FCNTL_PERSIST_WAL, &on));
}

// Runs `work`, and explains what SQLite says.
template <typename Work>
auto Explained(const std::string& path, Work&& work) {
  try {
    return work();
  } catch (const SQLite::Exception& error) {
    throw Explain(path, error);
  }
}

}  // namespace

Store::Store(const std::string& path) : path_(path) {
  try {
    Open();
  } catch (const StoreError& error) {
    if (!IsThere(path_)) begin_ = end_ = kFirstEntry;
    if (!error.NoRoom() || end_ != kFirstEntry) throw;
  }
}

void Store::Open() {
  MakeFile(path_);
  Explained(path_, [&] {
    SQLite::Database database(path_, SQLite::OPEN_READWRITE, kBusyMs);
    PrepareStore(database);
    FindEnds(database);
    KeepLogFiles(database);
    database.exec(fmt::format(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = {}",
        kJournalBytes));
    SQLite::Statement readable(database, kSelectEntry);
    insert_.emplace(database, kInsertEntry);
    database_.emplace(std::move(database));
  });
}

// Once they are known, entries are counted on from them.
void Store::FindEnds(SQLite::Database& database) {
  SQLite::Statement ends(database, fmt::format("SELECT ifnull(min(id), {0}), "
                                               "ifnull(max(id) + 1, {0}) FROM entry",
                                               kFirstEntry));
  ends.executeStep();
  const auto end = static_cast<uint64_t>(ends.getColumn(1).getInt64());
  if (end_ != 0 && end != end_) {
    throw StoreError(fmt::format(
        "{} has come from elsewhere since logd has run: start logd anew, or move the file away",
        path_));
  }
  begin_ = static_cast<uint64_t>(ends.getColumn(0).getInt64());
  end_ = end;
}

void Store::Make() {
  if (!database_) Open();
}

int64_t Store::BootRow(const BootId& boot) {
  if (boot_ == boot) return boot_row_;
  SQLite::Statement find(*database_, "SELECT id FROM boot WHERE boot_id = ?");
  find.bind(1, boot.ToString());
  if (find.executeStep()) return find.getColumn(0).getInt64();
  SQLite::Statement add(*database_, "INSERT INTO boot (boot_id, big_endian) VALUES (?, ?)");
  add.bind(1, boot.ToString());
  add.bind(2, kNativeOrder == ByteOrder::kBig ? 1 : 0);
  add.exec();
  return database_->getLastInsertRowid();
}

SequenceNumber Store::StoredThrough(const BootId& boot) {
  if (!database_) return SequenceNumber();
  return Explained(path_, [&] {
    SQLite::Statement find(
        *database_,
        "SELECT last FROM entry WHERE boot = "
        "(SELECT id FROM boot WHERE boot_id = ?) ORDER BY sequence DESC LIMIT 1");
    find.bind(1, boot.ToString());
    if (!find.executeStep()) return SequenceNumber();
    return SequenceNumber(static_cast<uint64_t>(find.getColumn(0).getInt64()));
  });
}

bool Store::Commit(const Backlog& backlog, const BootId& boot, const Cursors& cursors) {
  const uint64_t most = std::min(backlog.End(), end_ + kMaxBatch);
  if (most == end_) return false;
  Make();
  uint64_t end = end_;
  insert_->tryReset();  // the last call may have failed
  Explained(path_, [&] {
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    const int64_t row = BootRow(boot);
    const auto enough = std::chrono::steady_clock::now() + kCommitTime;
    while (end < most && (end % kLookEvery != 0 || std::chrono::steady_clock::now() < enough)) {
      insert_->reset();
      insert_->clearBindings();
      BindEntry(*insert_, end, row, backlog.At(end));
      insert_->exec();
      ++end;
    }
    insert_->reset();
    WriteCursors(cursors, end);
    Failpoint("store-before-commit");
    transaction.commit();
    Failpoint("store-committed");
    boot_ = boot;
    boot_row_ = row;
  });
  end_ = end;
  return true;
}

std::optional<uint64_t> Store::Cursor(const std::string& sink) {
  if (!database_) return std::nullopt;
  return Explained(path_, [&]() -> std::optional<uint64_t> {
    SQLite::Statement find(*database_, "SELECT next FROM sink WHERE name = ?");
    find.bind(1, sink);
    if (!find.executeStep()) return std::nullopt;
    return static_cast<uint64_t>(find.getColumn(0).getInt64());
  });
}

void Store::SaveCursors(const Cursors& cursors) {
  Make();
  Explained(path_, [&] {
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    WriteCursors(cursors, end_);
    Failpoint("cursors-before-commit");
    transaction.commit();
    Failpoint("cursors-committed");
  });
}

void Store::WriteCursors(const Cursors& cursors, uint64_t end) {
  SQLite::Statement save(*database_,
                         "INSERT INTO sink VALUES (?, ?) "
                         "ON CONFLICT (name) DO UPDATE SET next = excluded.next");
  for (const auto& [name, next] : cursors) {
    save.reset();
    save.bind(1, name);
    // What is not stored yet is collected again, and told again, after a crash.
    save.bind(2, static_cast<int64_t>(std::min(next, end)));
    save.exec();
  }
}

void Store::DropCursor(const std::string& sink) {
  if (!database_) return;
  Explained(path_, [&] {
    SQLite::Statement drop(*database_, "DELETE FROM sink WHERE name = ?");
    drop.bind(1, sink);
    drop.exec();
  });
}

uint64_t Store::Size() {
  if (!database_) return 0;
  return Explained(path_, [&] {
    SQLite::Statement size(*database_,
                           "SELECT (page_count - freelist_count) * page_size FROM "
                           "pragma_page_count, pragma_freelist_count, pragma_page_size");
    size.executeStep();
    return static_cast<uint64_t>(size.getColumn(0).getInt64());
  });
}

// Entries that go for the file's size: as many as their share of it.
uint64_t Store::FirstKept(const StoreLimits& limits, uint64_t now_ns) {
  uint64_t kept = begin_;
  if (limits.max_bytes != 0) {
    const uint64_t size = Size();
    if (size > limits.max_bytes) {
      const double excess = 1.0 - static_cast<double>(limits.max_bytes) / static_cast<double>(size);
      kept +=
          std::max<uint64_t>(1, static_cast<uint64_t>(excess * static_cast<double>(end_ - begin_)));
    }
  }
  if (limits.max_age.count() != 0) {
    const auto age_ns = std::chrono::nanoseconds(limits.max_age).count();
    SQLite::Statement oldest(*database_,
                             "SELECT id FROM entry WHERE time_ns >= ? ORDER BY time_ns LIMIT 1");
    oldest.bind(1, static_cast<int64_t>(now_ns) - age_ns);
    const bool some = oldest.executeStep();
    kept = std::max(kept, some ? static_cast<uint64_t>(oldest.getColumn(0).getInt64()) : end_);
  }
  return std::min(kept, end_ - 1);  // the newest stays: entries count on from it
}

bool Store::Prune(const StoreLimits& limits, uint64_t now_ns) {
  if (begin_ == end_) return false;
  return Explained(path_, [&] {
    const uint64_t kept = FirstKept(limits, now_ns);
    if (kept <= begin_) return false;
    const uint64_t until = std::min(kept, begin_ + kMaxPruned);
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement remove(*database_, "DELETE FROM entry WHERE id < ?");
    remove.bind(1, static_cast<int64_t>(until));
    remove.exec();
    Failpoint("prune-before-commit");
    transaction.commit();
    Failpoint("pruned");
    begin_ = until;
    return kept > until;
  });
}

}  // namespace s390log
