// SPDX-License-Identifier: MIT
#include "hercules/src/layout.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "hercules/src/error.h"

namespace lab {

namespace {

constexpr size_t kMaxNameLength = 32;

}  // namespace

fs::path Top() {
  // Ours are build/host/bin/lab and build/host/tests/*. Asked once, before /proc is changed.
  static const fs::path top =
      fs::read_symlink("/proc/self/exe").parent_path().parent_path().parent_path().parent_path();
  return top;
}

std::optional<User> CallingUser() {
  const char* uid = getenv("SUDO_UID");
  const char* gid = getenv("SUDO_GID");
  if (geteuid() != 0 || uid == nullptr || gid == nullptr) return std::nullopt;
  return User{static_cast<uid_t>(std::stoul(uid)), static_cast<gid_t>(std::stoul(gid))};
}

void GiveToCallingUser(const fs::path& path) {
  const std::optional<User> user = CallingUser();
  if (!user || !fs::exists(fs::symlink_status(path))) return;
  if (lchown(path.c_str(), user->uid, user->gid) != 0) ThrowErrno("giving away " + path.string());
}

Layout::Layout(const std::string& name) : name_(name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return isalnum(c) || c == '-' || c == '_' || c == '.';
  });
  if (name.empty() || name.size() > kMaxNameLength || !plain || name[0] == '.') {
    throw LabError(ExitCode::kUsage,
                   "'" + name + "' is no name for a lab: letters, digits, - and _");
  }
}

}  // namespace lab
