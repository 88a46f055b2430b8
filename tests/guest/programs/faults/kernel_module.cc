// SPDX-License-Identifier: MIT
#include "tests/guest/programs/faults/kernel_module.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace s390log::test {

namespace {

std::string PathOf(const std::string& name) {
  utsname system = {};
  uname(&system);
  return std::string("/lib/modules/") + system.release + "/updates/" + name + ".ko";
}

}  // namespace

KernelModule::KernelModule(const std::string& name)
    : name_(name), file_(open(PathOf(name).c_str(), O_RDONLY | O_CLOEXEC)) {
  if (!file_) throw std::system_error(errno, std::generic_category(), PathOf(name));
}

int KernelModule::Load(const std::string& parameters) const {
  return syscall(SYS_finit_module, file_.Get(), parameters.c_str(), 0) == 0 ? 0 : errno;
}

int KernelModule::Unload() const {
  return syscall(SYS_delete_module, name_.c_str(), O_NONBLOCK) == 0 ? 0 : errno;
}

bool KernelModule::Loaded() const { return Uses() >= 0; }

int KernelModule::Uses() const {
  std::ifstream in("/proc/modules");
  std::string name;
  std::string size;
  int uses = 0;
  std::string rest;
  while (in >> name >> size >> uses && std::getline(in, rest)) {
    if (name == name_) return uses;
  }
  return -1;
}

}  // namespace s390log::test
