// SPDX-License-Identifier: MIT
// What a reader of the store is told if there is nothing to read.
#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "logd/store.h"
#include "logd/store_query.h"
#include "tests/host/temp_dir.h"

namespace s390log {
namespace {

class StoreReaderTest : public testing::Test {
 protected:
  std::string Refusal() {
    try {
      StoreReader(path_).Newest();
    } catch (const StoreError& error) {
      return error.what();
    }
    return "none";
  }

  void ExpectRefusal(const std::string& part) {
    const std::string refusal = Refusal();
    EXPECT_NE(refusal.find(part), std::string::npos) << "it says: " << refusal;
    EXPECT_NE(refusal.find(path_), std::string::npos) << "it says: " << refusal;
  }

  void SetVersion(int version) {
    { Store store(path_); }
    SQLite::Database(path_, SQLite::OPEN_READWRITE)
        .exec("PRAGMA user_version = " + std::to_string(version));
  }

  TempDir dir_;
  std::string path_ = dir_.File("events.db");
};

TEST_F(StoreReaderTest, FileThatIsNotThereIsNamedWithWhatToDo) {
  ExpectRefusal("does its folder exist, and may this user");
}

TEST_F(StoreReaderTest, FileThatLogdCouldNotFillYetIsSaidToBeEmpty) {
  std::ofstream{path_};
  ExpectRefusal("there is nothing in");
}

TEST_F(StoreReaderTest, DatabaseOfSomebodyElseIsSaidToBeOne) {
  SQLite::Database(path_, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("CREATE TABLE theirs (x)");
  ExpectRefusal("not of logd");
}

TEST_F(StoreReaderTest, NewerVersionIsNamed) {
  SetVersion(99);
  ExpectRefusal("newer logd (version 99");
}

TEST_F(StoreReaderTest, OlderVersionIsNamedWithWhatToDo) {
  SetVersion(0);
  ExpectRefusal("older logd (version 0");
}

TEST_F(StoreReaderTest, FileThatIsNoDatabaseIsSaidToBeNone) {
  std::ofstream(path_) << std::string(8192, 'x');
  ExpectRefusal("is no database");
}

TEST_F(StoreReaderTest, DamagedFileIsSaidToBeDamagedWithWhatToDo) {
  { Store store(path_); }
  // The table of tables, but for the file's head.
  std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(100);
  file << std::string(3900, '\xff');
  file.close();
  std::filesystem::remove(path_ + "-wal");
  std::filesystem::remove(path_ + "-shm");
  ExpectRefusal("is damaged");
}

}  // namespace
}  // namespace s390log
