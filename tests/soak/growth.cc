// SPDX-License-Identifier: MIT
#include "tests/soak/growth.h"

#include <fmt/core.h>

#include <algorithm>

namespace lab {

uint64_t Growth::Median(size_t from, size_t to) const {
  std::vector<uint64_t> part(values_.begin() + static_cast<std::ptrdiff_t>(from),
                             values_.begin() + static_cast<std::ptrdiff_t>(to));
  std::sort(part.begin(), part.end());
  return part[part.size() / 2];
}

std::optional<std::string> Growth::Fault() const {
  if (values_.empty()) return name_ + " was never measured";
  const uint64_t most = *std::max_element(values_.begin(), values_.end());
  if (most > most_) return fmt::format("{} was {}, more than {}", name_, most, most_);
  const size_t quarter = values_.size() / 4;
  if (values_.size() < kEnough) return std::nullopt;
  const uint64_t before = Median(quarter, 2 * quarter);
  const uint64_t after = Median(values_.size() - quarter, values_.size());
  if (after <= before + allowance_) return std::nullopt;
  return fmt::format("{} grew from {} to {}", name_, before, after);
}

std::string Growth::Line() const {
  if (values_.empty()) return name_ + " not measured";
  const auto [least, most] = std::minmax_element(values_.begin(), values_.end());
  return fmt::format("{} {} to {}", name_, *least, *most);
}

std::string Growth::Last() const {
  return values_.empty() ? Line() : fmt::format("{} {}", name_, values_.back());
}

}  // namespace lab
