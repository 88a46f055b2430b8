// SPDX-License-Identifier: MIT
// Events as rows of the store.
#pragma once

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <string>

#include "s390log/event.h"

namespace s390log {

// An INSERT of one row.
inline constexpr char kInsertEntry[] =
    "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

// Binds all of it. `insert` refers to `event` until it is reset.
void BindEntry(SQLite::Statement& insert, uint64_t id, int64_t boot, const Event& event);

// What a SELECT must begin with for LoadEntry().
inline constexpr char kSelectEntry[] =
    "SELECT entry.id, boot.boot_id, boot.big_endian, sequence, last, time_ns, event, match, "
    "device, "
    "cpu, flags, volser, payload, loss, loss_cpus FROM entry JOIN boot ON boot.id = entry.boot ";

struct StoredEvent {
  uint64_t id = 0;
  std::string boot_id;
  Event event;
};

// The row that the statement stands on. The payload is decoded anew, by what this program knows.
StoredEvent LoadEntry(SQLite::Statement& select);

}  // namespace s390log
