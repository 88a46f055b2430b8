// SPDX-License-Identifier: MIT
//
// Modules, loaded by this very thread: modprobe would be another process, whose allocations are its
// own.
#ifndef TESTS_GUEST_PROGRAMS_FAULTS_KERNEL_MODULE_H_
#define TESTS_GUEST_PROGRAMS_FAULTS_KERNEL_MODULE_H_

#include <string>

#include "s390log/unique_fd.h"

namespace s390log::test {

class KernelModule {
 public:
  // One of ours. It is not loaded yet.
  explicit KernelModule(const std::string& name);

  // Both return 0 or an errno.
  int Load(const std::string& parameters) const;
  int Unload() const;

  bool Loaded() const;
  // How often it is in use; -1 if it is not loaded.
  int Uses() const;

 private:
  std::string name_;
  UniqueFd file_;
};

}  // namespace s390log::test

#endif  // TESTS_GUEST_PROGRAMS_FAULTS_KERNEL_MODULE_H_
