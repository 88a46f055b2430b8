// SPDX-License-Identifier: MIT
#include "logd/histogram.h"

#include <algorithm>

namespace s390log {

void Histogram::Observe(double seconds) {
  const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
  ++buckets_[static_cast<size_t>(bound - kBounds.begin())];
  ++count_;
  sum_ += seconds;
}

}  // namespace s390log
