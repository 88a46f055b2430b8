// SPDX-License-Identifier: MIT
#include "s390log/failpoint.h"

namespace s390log {

void Failpoint(std::string_view /*name*/) {}

}  // namespace s390log
