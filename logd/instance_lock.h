// SPDX-License-Identifier: MIT
// One logd for each control socket. The lock belongs to the open file, so that it ends with its
// process however that ends; the file stays, for to remove it would let two hold a lock each.
#pragma once

#include <optional>
#include <string>

#include "logd/account.h"
#include "s390log/unique_fd.h"

namespace s390log {

class InstanceLock {
 public:
  // Locks CONTROL.lock and writes the process id into it. Makes the folder, but not its parents, if
  // it is not there; what is made belongs to `owner`. Throws std::runtime_error, naming the process
  // that has the lock.
  explicit InstanceLock(const std::string& control, const std::optional<Account>& owner = {});

 private:
  UniqueFd fd_;
};

}  // namespace s390log
