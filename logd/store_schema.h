// SPDX-License-Identifier: MIT
// The tables of the store, their versions, and how one comes from another. s390-log-store(5)
// describes them for people with sqlite3.
#pragma once

#include <SQLiteCpp/Database.h>

#include <stdexcept>
#include <string>

namespace s390log {

// The store cannot be used, or not now; a sentence that says why, with the file's name.
class StoreError : public std::runtime_error {
 public:
  enum class Kind { kOther, kDamaged, kNoRoom };

  explicit StoreError(const std::string& what, Kind kind = Kind::kOther)
      : std::runtime_error(what), kind_(kind) {}

  // Trying again is no use.
  bool Damaged() const { return kind_ == Kind::kDamaged; }
  // The disk does not take what is written to it; later it may.
  bool NoRoom() const { return kind_ == Kind::kNoRoom; }

 private:
  Kind kind_;
};

inline constexpr int kStoreVersion = 1;
inline constexpr int kStoreApplicationId = 0x53334c47;  // "S3LG", in the file's header

// Makes the tables in an empty file, or brings older ones up to date, in one transaction. Throws
// StoreError, and has changed nothing, for a file of something else or of a newer version.
void PrepareStore(SQLite::Database& database);

// For readers: throws StoreError unless the file is a store of this version.
void CheckStore(SQLite::Database& database);

// What SQLite says, as a StoreError with the file and the remedy.
StoreError Explain(const std::string& path, const SQLite::Exception& error);

}  // namespace s390log
