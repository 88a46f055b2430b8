// SPDX-License-Identifier: MIT
// stranger PROGRAM ARG...: runs a program as a user who has nothing to do with us: no group, no
// capability, and none to be had.
#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>

int main(int argc, char** argv) {
  constexpr uid_t kNobody = 65534;
  const bool done = argc > 1 && setgroups(0, nullptr) == 0 &&
                    setresgid(kNobody, kNobody, kNobody) == 0 &&
                    setresuid(kNobody, kNobody, kNobody) == 0 &&
                    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && setuid(0) != 0;
  if (!done) {
    perror("stranger");
    return 126;
  }
  execvp(argv[1], argv + 1);
  perror(argv[1]);
  return 127;
}
