// SPDX-License-Identifier: MIT
// The keys that every sink's section has: which events are for it, and how many.
#pragma once

#include "logd/config_section.h"
#include "logd/selection.h"

namespace s390log {

void ReadSelection(ConfigSection& section, SelectionConfig& selection);

}  // namespace s390log
