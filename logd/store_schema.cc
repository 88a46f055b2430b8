// SPDX-License-Identifier: MIT
#include "logd/store_schema.h"

#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include "s390log/failpoint.h"

namespace s390log {
namespace {

// Numbers count in one boot id; entries count over all of them, in the order of arrival. Texts and
// severities are kept as they were told, so that old entries read as they did.
constexpr char kVersion1[] = R"sql(
CREATE TABLE boot (
  id INTEGER PRIMARY KEY,
  boot_id TEXT NOT NULL UNIQUE,
  big_endian INTEGER NOT NULL
);
CREATE TABLE entry (
  id INTEGER PRIMARY KEY,
  boot INTEGER NOT NULL REFERENCES boot (id),
  sequence INTEGER NOT NULL,
  last INTEGER NOT NULL,
  time_ns INTEGER NOT NULL,
  event INTEGER NOT NULL,
  match INTEGER NOT NULL,
  device INTEGER NOT NULL,
  cpu INTEGER,
  flags INTEGER NOT NULL,
  volser TEXT,
  message_id TEXT NOT NULL,
  severity INTEGER NOT NULL,
  text TEXT NOT NULL,
  payload BLOB,
  loss INTEGER,
  loss_cpus TEXT
);
CREATE UNIQUE INDEX entry_key ON entry (boot, sequence);
CREATE INDEX entry_time ON entry (time_ns);
CREATE INDEX entry_event ON entry (event, id);
CREATE INDEX entry_device ON entry (device, id) WHERE device <> 0;
CREATE INDEX entry_volser ON entry (volser, id) WHERE volser IS NOT NULL;
CREATE TABLE sink (
  name TEXT PRIMARY KEY,
  next INTEGER NOT NULL
) WITHOUT ROWID;
CREATE VIEW events AS
  SELECT entry.id AS id, boot_id, sequence, last,
    strftime('%Y-%m-%dT%H:%M:%S', time_ns / 1000000000, 'unixepoch') ||
      printf('.%09dZ', time_ns % 1000000000) AS time,
    CASE WHEN device <> 0 THEN printf('%x.%x.%04x', device >> 24,
      (device >> 16) & 0x7f, device & 0xffff) END AS device,
    volser, message_id, severity, text
  FROM entry JOIN boot ON boot.id = entry.boot;
)sql";

int Pragma(SQLite::Database& database, const char* name) {
  return database.execAndGet(fmt::format("PRAGMA {}", name)).getInt();
}

bool IsEmpty(SQLite::Database& database) {
  return database.execAndGet("SELECT count(*) FROM sqlite_master").getInt() == 0;
}

StoreError NotOurs(const SQLite::Database& database) {
  return StoreError(fmt::format("{} is a database, but not of logd: nothing was changed",
                                database.getFilename()));
}

StoreError StillEmpty(const SQLite::Database& database) {
  return StoreError(
      fmt::format("there is nothing in {} yet: logctl sinks says if logd can write to it",
                  database.getFilename()));
}

StoreError TooNew(const SQLite::Database& database, int version) {
  return StoreError(
      fmt::format("{} is of a newer logd (version {} of its tables, this program knows {}): "
                  "nothing was changed; install that version, or name another file",
                  database.getFilename(), version, kStoreVersion));
}

}  // namespace

void PrepareStore(SQLite::Database& database) {
  const int version = Pragma(database, "user_version");
  const bool ours = Pragma(database, "application_id") == kStoreApplicationId;
  if (!ours && (version != 0 || !IsEmpty(database))) throw NotOurs(database);
  if (version > kStoreVersion) throw TooNew(database, version);
  if (version == kStoreVersion) return;
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  if (version < 1) database.exec(kVersion1);
  database.exec(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}",
                            kStoreApplicationId, kStoreVersion));
  Failpoint("schema-before-commit");
  transaction.commit();
  Failpoint("schema-committed");
}

void CheckStore(SQLite::Database& database) {
  const int version = Pragma(database, "user_version");
  if (Pragma(database, "application_id") != kStoreApplicationId) {
    throw IsEmpty(database) ? StillEmpty(database) : NotOurs(database);
  }
  if (version > kStoreVersion) throw TooNew(database, version);
  if (version < kStoreVersion) {
    throw StoreError(
        fmt::format("{} is of an older logd (version {} of its tables): the next "
                    "start of logd brings it up to date",
                    database.getFilename(), version));
  }
}

StoreError Explain(const std::string& path, const SQLite::Exception& error) {
  switch (error.getExtendedErrorCode()) {
    case SQLITE_IOERR_WRITE:    // a quota, for example
    case SQLITE_IOERR_SHMSIZE:  // the index of the write-ahead log
      return StoreError(fmt::format("{} cannot be written: {}", path, error.what()),
                        StoreError::Kind::kNoRoom);
    default:
      break;
  }
  switch (error.getErrorCode()) {
    case SQLITE_CORRUPT:
      return StoreError(
          fmt::format("{} is damaged ({}); it is left as it is: move it away for sqlite3's "
                      ".recover, and the next start of logd makes a new one",
                      path, error.what()),
          StoreError::Kind::kDamaged);
    case SQLITE_NOTADB:
      return StoreError(fmt::format("{} is no database: nothing was changed", path),
                        StoreError::Kind::kDamaged);
    case SQLITE_FULL:
      return StoreError(fmt::format("no space left for {}", path), StoreError::Kind::kNoRoom);
    case SQLITE_READONLY:
      return StoreError(fmt::format("{} cannot be written: {}", path, error.what()));
    case SQLITE_CANTOPEN:
      return StoreError(
          fmt::format("{} cannot be opened: does its folder exist, and may this user "
                      "read and write there?",
                      path));
    default:
      return StoreError(fmt::format("{}: {}", path, error.what()));
  }
}

}  // namespace s390log
