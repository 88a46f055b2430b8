// SPDX-License-Identifier: MIT
// toml++, whose parser has an assertion where it finds no key after a '[': in logd "[!json]" is an
// error of the file like others, and no reason to abort. Every file that needs toml++ includes this
// instead, for its functions are inline: there must be one kind of them.
#pragma once

#include <stdexcept>

namespace s390log {

class TomlAssertion : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Not in place: the compiler would warn of what cannot be thrown through, where it is never thrown.
[[noreturn]] inline void FailTomlAssertion(const char* expression) {
  throw TomlAssertion(expression);
}

}  // namespace s390log

#define TOML_ASSERT(expression) \
  ((expression) ? static_cast<void>(0) : s390log::FailTomlAssertion(#expression))

#include <toml++/toml.h>
