// SPDX-License-Identifier: MIT
// This user may not use a file or a socket.
#pragma once

#include <stdexcept>
#include <string>

namespace s390log {

// A sentence with the file's name and what helps.
class AccessError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What helps who is denied `path`: to be root, or in the group that the file belongs to.
AccessError DeniedTo(const std::string& path);

}  // namespace s390log
