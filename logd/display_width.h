// SPDX-License-Identifier: MIT
// How many columns of a terminal a text takes.
#pragma once

#include <cstddef>
#include <string_view>

namespace s390log {

// `text` is UTF-8, as the C library knows its signs: some take two columns, some none. A byte that
// is no UTF-8, and a control character, count as one.
size_t DisplayWidth(std::string_view text);

}  // namespace s390log
