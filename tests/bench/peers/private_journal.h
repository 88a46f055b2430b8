// SPDX-License-Identifier: MIT
// A real systemd-journald that nobody else sees: it has a /run of its own, in memory.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tests/host/child.h"
#include "tests/host/temp_dir.h"

namespace s390log {

class PrivateJournal {
 public:
  static constexpr char kSocket[] = "/run/systemd/journal/socket";

  // This process, and what it starts, from now on has a /run in memory, with nothing in it. Once in
  // its life. Throws std::system_error without the privilege.
  static void Isolate();

  // A new journald with an empty journal. Throws std::runtime_error.
  PrivateJournal();

  // Until all that it was sent is in the journal.
  void Sync() const;
  // It ends. Returns the processor time of its life.
  double Conclude();
  // The journal, read by journalctl: is each of `count` numbers there once, as S390_SEQUENCE or in
  // the texts? What is not as it should be, or nothing.
  enum class Numbers { kInField, kInText };
  std::string Check(uint64_t count, Numbers numbers) const;

 private:
  TempDir dir_;
  std::unique_ptr<Child> child_;
};

}  // namespace s390log
