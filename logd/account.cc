// SPDX-License-Identifier: MIT
#include "logd/account.h"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace s390log {

std::optional<Account> AccountToBecome(const std::string& name) {
  if (name.empty()) return std::nullopt;
  errno = 0;
  // Before any other thread: the static buffer is ours.
  const passwd* entry = ::getpwnam(name.c_str());  // NOLINT(concurrency-mt-unsafe)
  if (entry == nullptr) {
    throw std::runtime_error(fmt::format(
        "there is no user {} to become: make it (systemd-sysusers), or change user in [process]",
        name));
  }
  if (entry->pw_uid == ::geteuid()) return std::nullopt;
  if (::geteuid() != 0) {
    throw std::runtime_error(fmt::format(
        "only root can become {}: start logd as root or as {}, or remove user in [process]", name,
        name));
  }
  return Account{name, entry->pw_uid, entry->pw_gid};
}

void Become(const Account& account) {
  const bool done = ::initgroups(account.name.c_str(), account.gid) == 0 &&
                    ::setresgid(account.gid, account.gid, account.gid) == 0 &&
                    ::setresuid(account.uid, account.uid, account.uid) == 0 &&
                    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  if (!done) {
    throw std::system_error(errno, std::system_category(), "cannot become " + account.name);
  }
  // With securebits that keep capabilities it would work, and the promise would not hold.
  if (::setuid(0) == 0) throw std::runtime_error("could become root again: refusing to run");
}

}  // namespace s390log
