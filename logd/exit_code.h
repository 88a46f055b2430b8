// SPDX-License-Identifier: MIT
// How logctl ends. One table for all of its commands; logctl(1) and --help show it.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace s390log {

inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitNotRunning = 3;
inline constexpr int kExitUnbalanced = 4;
inline constexpr int kExitUnknownMessage = 5;
inline constexpr int kExitUnreadable = 6;
inline constexpr int kExitLost = 7;
inline constexpr int kExitNoStore = 8;
inline constexpr int kExitDenied = 9;

struct ExitCode {
  int code;
  std::string_view meaning;
};

inline constexpr std::array kExitCodes = {
    ExitCode{0, "done"},
    ExitCode{kExitFailure, "something failed; the message says what"},
    ExitCode{kExitUsage, "the command line makes no sense"},
    ExitCode{kExitNotRunning, "logd is not running"},
    ExitCode{kExitUnbalanced, "the books do not balance"},
    ExitCode{kExitUnknownMessage, "there is no such message or code"},
    ExitCode{kExitUnreadable, "something in a capture cannot be read"},
    ExitCode{kExitLost, "all of a capture was read, and events were lost"},
    ExitCode{kExitNoStore, "the store is not there, damaged, or of another version"},
    ExitCode{kExitDenied, "this user may not do that"},
};

// The table, for --help.
std::string ExitCodeText();

}  // namespace s390log
