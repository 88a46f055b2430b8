// SPDX-License-Identifier: MIT
#include "logd/quiet_signals.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <functional>

namespace s390log {
namespace {

// The status of a process that is quiet, and then acts.
int StatusOf(const std::function<int()>& act) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    QuietSignals();
    ::_exit(act());
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return status;
}

TEST(QuietSignalsTest, FileAtItsSizeLimitIsAnErrorOfWriteAndNotTheEnd) {
  const int status = StatusOf([] {
    const rlimit limit{4, 4};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
    FILE* file = std::tmpfile();
    if (file == nullptr || ::write(::fileno(file), "12345678", 8) != 4) return 2;
    return ::write(::fileno(file), "5678", 4) == -1 && errno == EFBIG ? 0 : 3;
  });
  EXPECT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(QuietSignalsTest, SignalsWithoutAMeaningEndNothing) {
  const int status = StatusOf([] {
    for (const int number : {SIGPIPE, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGPWR,
                             SIGSTKFLT, SIGRTMIN, SIGRTMAX}) {
      ::raise(number);
    }
    return 0;
  });
  EXPECT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
}

TEST(QuietSignalsTest, SignalsThatEndAProcessStillDo) {
  const int status = StatusOf([] { return ::raise(SIGTERM); });
  EXPECT_TRUE(WIFSIGNALED(status));
}

}  // namespace
}  // namespace s390log
