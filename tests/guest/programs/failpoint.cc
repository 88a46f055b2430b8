// SPDX-License-Identifier: MIT
// The Failpoint() of the tests' logd: S390_LOG_FAILPOINT=NAME:N kills the process, as kill -9 does,
// when it comes to that place for the Nth time.
#include "s390log/failpoint.h"

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace s390log {
namespace {

struct Death {
  std::string name;
  long left = 0;

  Death() {
    const char* set = getenv("S390_LOG_FAILPOINT");
    const std::string text = set == nullptr ? "" : set;
    const size_t colon = text.find(':');
    name = text.substr(0, colon);
    if (colon != std::string::npos) left = std::strtol(text.c_str() + colon + 1, nullptr, 10);
  }
};

}  // namespace

// The daemon has one thread that comes here.
void Failpoint(std::string_view name) {
  static Death death;
  if (name == death.name && --death.left == 0) ::kill(::getpid(), SIGKILL);
}

}  // namespace s390log
