// SPDX-License-Identifier: MIT
#include "logd/access_error.h"

#include <fmt/format.h>
#include <grp.h>
#include <sys/stat.h>

#include <array>

namespace s390log {
namespace {

constexpr gid_t kRoot = 0;

// Empty if it cannot be known, or is root's.
std::string GroupOf(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || status.st_gid == kRoot) return "";
  std::array<char, 4096> buffer{};
  struct group entry {};
  struct group* found = nullptr;
  ::getgrgid_r(status.st_gid, &entry, buffer.data(), buffer.size(), &found);
  return found == nullptr ? "" : found->gr_name;
}

}  // namespace

AccessError DeniedTo(const std::string& path) {
  const std::string group = GroupOf(path);
  if (group.empty()) return AccessError(fmt::format("{} is not for this user: ask as root", path));
  return AccessError(fmt::format(
      "{} is not for this user: ask as root, or become a member of the group {}", path, group));
}

}  // namespace s390log
