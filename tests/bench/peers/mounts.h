// SPDX-License-Identifier: MIT
// The messages of the contests: mounts, all of one length, each told from the others by its number.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "logd/syslog_format.h"
#include "s390log/event.h"

namespace s390log {

// Numbers begin here, so that all have as many digits.
inline constexpr uint64_t kFirstMount = 1'000'000'001;
inline constexpr size_t kMountDigits = 10;

Event Mount(uint64_t number);
SyslogOrigin MountOrigin();

// The message of RFC 5424, without a frame.
std::string MountMessage(uint64_t number);
// What of it follows the header: structured data and text.
std::string MountLine(uint64_t number);
// How many characters follow the number in each of these.
size_t AfterNumber();

// Is each of `count` numbers there once?
class NumberCheck {
 public:
  explicit NumberCheck(uint64_t count) : seen_(count) {}

  void See(const std::string& digits);
  // After all: what is not as it should be; nothing if all is.
  std::string Complaint() const;

 private:
  std::vector<bool> seen_;
  uint64_t repeated_ = 0;
  uint64_t strange_ = 0;
  std::string first_strange_;
};

}  // namespace s390log
