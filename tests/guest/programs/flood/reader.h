// SPDX-License-Identifier: MIT
// The consumer of the flood: collects, enters it into the books, answers for it.
#pragma once

#include <string>

namespace s390log::test {

// Until it is killed. Throws at the first record that is torn or old, and at the first number whose
// absence nothing explains. With `switch_modes` it changes the channel's mode now and then.
[[noreturn]] int ReadForEver(const std::string& books, bool switch_modes);

}  // namespace s390log::test
