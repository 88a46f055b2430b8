// SPDX-License-Identifier: MIT
#include "logd/instance_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace s390log {
namespace {

constexpr mode_t kFolderMode = 0755;
constexpr mode_t kFileMode = 0644;  // who is refused may read who was first

[[noreturn]] void Throw(const std::string& what) {
  throw std::system_error(errno, std::system_category(), what);
}

void MakeFolder(const std::string& folder, const std::optional<Account>& owner) {
  if (folder.empty() || ::mkdir(folder.c_str(), kFolderMode) != 0) return;  // or open() says why
  if (owner && ::chown(folder.c_str(), owner->uid, owner->gid) != 0) {
    Throw("cannot give " + folder + " to " + owner->name);
  }
}

// Empty if it is just being written.
std::string Holder(int fd) {
  std::array<char, 32> text{};
  const ssize_t count = ::pread(fd, text.data(), text.size(), 0);
  std::string pid(text.data(), count > 0 ? static_cast<size_t>(count) : 0);
  pid.resize(std::min(pid.find('\n'), pid.size()));
  return pid.find_first_not_of("0123456789") == std::string::npos ? pid : "";
}

[[noreturn]] void Refuse(int fd, const std::string& path) {
  const std::string pid = Holder(fd);
  throw std::runtime_error(fmt::format(
      "logd is already running, {}, and holds {}; end that one first: systemctl stop s390-logd{}",
      pid.empty() ? "another process" : "process " + pid, path,
      pid.empty() ? "" : ", or kill " + pid));
}

}  // namespace

InstanceLock::InstanceLock(const std::string& control, const std::optional<Account>& owner) {
  const std::string path = control + ".lock";
  MakeFolder(std::filesystem::path(path).parent_path(), owner);
  fd_.Reset(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kFileMode));
  if (!fd_) Throw("cannot lock " + path);
  if (::flock(fd_.Get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) Refuse(fd_.Get(), path);
    Throw("cannot lock " + path);
  }
  if (owner && ::fchown(fd_.Get(), owner->uid, owner->gid) != 0) {
    Throw("cannot give " + path + " to " + owner->name);
  }
  const std::string pid = fmt::format("{}\n", ::getpid());
  if (::ftruncate(fd_.Get(), 0) != 0 || ::pwrite(fd_.Get(), pid.data(), pid.size(), 0) < 0) {
    Throw("cannot write " + path);
  }
}

}  // namespace s390log
