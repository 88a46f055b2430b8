// SPDX-License-Identifier: MIT
// A real rsyslogd that takes messages over TCP, as imtcp does, and writes the number of each into a
// file. That is the least with which it can be seen what has come; the file's size says how many.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tests/host/child.h"
#include "tests/host/temp_dir.h"

namespace s390log {

class SyslogReceiver {
 public:
  // Listens when this returns.
  SyslogReceiver();

  uint16_t Port() const { return port_; }
  // Until it has written `count` numbers. Throws std::runtime_error if nothing comes for 20 s.
  void Await(uint64_t count) const;
  // It ends, and each of `count` numbers must be there once. Returns the processor time of its
  // life.
  double Conclude(uint64_t count);

 private:
  std::string Config() const;
  bool Listens() const;

  TempDir dir_;
  uint16_t port_;
  std::unique_ptr<Child> child_;
};

}  // namespace s390log
