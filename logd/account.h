// SPDX-License-Identifier: MIT
// The user that logd becomes when root has started it.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace s390log {

struct Account {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
};

// Whom to become: nothing for an empty name, and if we are that user already. Throws
// std::runtime_error if there is no such user, or we are not root.
std::optional<Account> AccountToBecome(const std::string& name);

// For good: groups, ids, no capability left, and no program that we might start gets any. Throws
// if any of that fails, or root can be had back.
void Become(const Account& account);

}  // namespace s390log
