// SPDX-License-Identifier: MIT
// Questions to the store, beside the logd that writes it.
#pragma once

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "logd/store_row.h"
#include "s390log/device_number.h"

namespace s390log {

// Each that is set must hold.
struct StoreFilter {
  std::optional<uint64_t> since_ns;
  std::optional<uint64_t> until_ns;
  std::optional<DeviceNumber> device;
  std::optional<std::string> message;  // "TAP001I", or an event's name: "tape_loaded"
  std::optional<std::string> volser;
  std::optional<int> severity;      // this one, or worse (a lower number)
  std::optional<std::string> text;  // anywhere in the text, in any case
  std::optional<uint64_t> after;    // entries after this one
  uint64_t limit = 0;               // the newest so many; 0: all
};

class StoreReader {
 public:
  // Throws StoreError, as do the others. The file is opened for reading only.
  explicit StoreReader(const std::string& path);

  // Calls `take` for each that fits, oldest first, until it answers false.
  void Query(const StoreFilter& filter, const std::function<bool(const StoredEvent&)>& take);

  // The newest entry; 0 if there is none.
  uint64_t Newest();

 private:
  std::string path_;
  std::optional<SQLite::Database> database_;
};

}  // namespace s390log
