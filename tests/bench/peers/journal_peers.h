// SPDX-License-Identifier: MIT
// Who writes the same messages to a journald: logd's sink, each event with all its fields, and
// systemd-cat, which knows texts only.
#pragma once

#include <cstdint>

#include "tests/bench/peers/contest.h"
#include "tests/host/temp_dir.h"

namespace s390log {

class JournalPeers {
 public:
  // PrivateJournal::Isolate() has been called.
  explicit JournalPeers(uint64_t count);

  Run Sink() const;
  Run SystemdCat() const;

 private:
  uint64_t count_;
  TempDir dir_;
};

}  // namespace s390log
