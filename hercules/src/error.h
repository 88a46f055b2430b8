// SPDX-License-Identifier: MIT
// The ways in which a lab command can fail. The numbers are exit codes: documented, never reused.
#pragma once

#include <stdexcept>
#include <string>
#include <system_error>

namespace lab {

enum class ExitCode {
  kOk = 0,
  kFailed = 1,         // a check did not hold, or something unforeseen
  kUsage = 2,          // the command line makes no sense
  kNoLab = 3,          // no lab of that name is up
  kAlreadyUp = 4,      // a lab of that name is up
  kTimeout = 5,        // something did not happen within its limit
  kGuestDied = 6,      // the machine or its kernel ended
  kRefused = 7,        // the operator's command was refused by the machine
  kSurroundings = 8,   // this computer lacks something: root, a device, space, a package
  kInterrupted = 130,  // ^C
};

class LabError : public std::runtime_error {
 public:
  LabError(ExitCode code, const std::string& what) : std::runtime_error(what), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

[[noreturn]] inline void ThrowErrno(const std::string& doing) {
  throw std::system_error(errno, std::generic_category(), doing);
}

}  // namespace lab
