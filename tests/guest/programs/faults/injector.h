// SPDX-License-Identifier: MIT
//
// Allocations of the kernel that fail, one after the other: for n = 1, 2, ... an act is repeated
// with its n-th allocation failing, until it makes less than n of them. Needs a kernel with
// failslab and fail_page_alloc (KERNEL=debug), and root.
#ifndef TESTS_GUEST_PROGRAMS_FAULTS_INJECTOR_H_
#define TESTS_GUEST_PROGRAMS_FAULTS_INJECTOR_H_

#include <functional>
#include <string>

#include "s390log/unique_fd.h"

namespace s390log::test {

// What a sweep came to. Thread safety: none is needed.
struct Sweep {
  int refused = 0;   // the act failed, as it should
  int survived = 0;  // it succeeded nevertheless
  int last_error = 0;

  int Injected() const { return refused + survived; }
  std::string Text() const;
};

// For the thread that has made it.
class Injector {
 public:
  // All allocations may fail, and the kernel does not print a trace of each: what it prints would
  // look like a fault. Throws std::system_error if the kernel has no fault injection.
  Injector();

  // act returns 0 or an errno, and must cost the kernel the same each time. Beside it:
  //   refused(errno)  looks at what is left after a failure
  //   undo()          is called after each success, also the last
  // An errno other than ENOMEM fails the test. So does an act of which no allocation could be made
  // to fail, or that never comes to its end.
  Sweep Each(const std::function<int()>& act, const std::function<void(int)>& refused,
             const std::function<void()>& undo);

  // Runs act with its n-th allocation failing. Returns whether it made so many.
  bool Nth(unsigned n, const std::function<void()>& act);

 private:
  void Arm(unsigned n);
  unsigned Left();

  UniqueFd fail_nth_;
};

}  // namespace s390log::test

#endif  // TESTS_GUEST_PROGRAMS_FAULTS_INJECTOR_H_
