// SPDX-License-Identifier: MIT
// Where things lie: what was built, and the state of one lab.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "hercules/src/process.h"

namespace lab {

namespace fs = std::filesystem;

// The source tree that the running program was built in.
fs::path Top();

// The user who called us through sudo: the owner of what we write under build/.
std::optional<User> CallingUser();
void GiveToCallingUser(const fs::path& path);

class Layout {
 public:
  // Throws if the name would not do as a file name.
  explicit Layout(const std::string& name);

  const std::string& name() const { return name_; }
  fs::path State() const { return Top() / "build/lab" / name_; }
  fs::path Lock() const { return State() / "lock"; }
  fs::path Control() const { return State() / "control"; }
  fs::path Tapes() const { return State() / "tapes"; }
  fs::path SshSocket() const { return State() / "ssh"; }

  // Exists once the guest has died; says of what.
  fs::path Obituary() const { return State() / "died"; }

  // Logs, each by one writer.
  fs::path SupervisorLog() const { return State() / "supervisor.log"; }
  fs::path ConsoleLog() const { return State() / "console.log"; }
  fs::path KernelLog() const { return State() / "kernel.log"; }
  fs::path SyslogFile() const { return State() / "syslog.log"; }

  static fs::path Kernel(const std::string& version) { return Top() / "build/kernel" / version; }
  static fs::path Image(const std::string& version) {
    return Top() / "build/image" / version / "initrd";
  }
  static fs::path Keys() { return Top() / "build/keys"; }

 private:
  std::string name_;
};

}  // namespace lab
