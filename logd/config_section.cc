// SPDX-License-Identifier: MIT
#include "logd/config_section.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace s390log {

ConfigSection::ConfigSection(const toml::table* table, std::string_view section,
                             std::string_view file, std::vector<std::string>& errors)
    : table_(table), section_(section), file_(file), errors_(errors) {}

const toml::node* ConfigSection::Find(std::string_view key) {
  known_.emplace(key);
  return table_ == nullptr ? nullptr : table_->get(key);
}

void ConfigSection::Fail(const toml::node& node, std::string_view key, std::string_view what) {
  errors_.push_back(
      fmt::format("{}:{}: {}.{}: {}", file_, node.source().begin.line, section_, key, what));
}

void ConfigSection::Text(std::string_view key, std::string& value) {
  const toml::node* node = Find(key);
  if (node == nullptr) return;
  const toml::value<std::string>* text = node->as_string();
  if (text == nullptr) return Fail(*node, key, "must be a text in quotes");
  if (text->get().empty()) return Fail(*node, key, "must not be empty");
  value = text->get();
}

void ConfigSection::Texts(std::string_view key, std::string_view what,
                          const std::function<bool(const std::string&)>& good,
                          std::vector<std::string>& values) {
  const toml::node* node = Find(key);
  if (node == nullptr) return;
  std::vector<std::string> read;
  const auto take = [&](const toml::node& each) {
    const toml::value<std::string>* text = each.as_string();
    if (text == nullptr) return Fail(each, key, "must be a text in quotes, or a list of them");
    if (!good(text->get())) return Fail(each, key, fmt::format("{} is not {}", text->get(), what));
    read.push_back(text->get());
  };
  const toml::array* list = node->as_array();
  if (list == nullptr) take(*node);
  if (list != nullptr && list->empty()) return Fail(*node, key, "must not be empty");
  if (list != nullptr) std::for_each(list->begin(), list->end(), take);
  values = std::move(read);
}

void ConfigSection::Number(std::string_view key, int64_t min, int64_t max, uint32_t& value) {
  const toml::node* node = Find(key);
  if (node == nullptr) return;
  const toml::value<int64_t>* number = node->as_integer();
  if (number == nullptr || number->get() < min || number->get() > max) {
    return Fail(*node, key, fmt::format("must be a number from {} to {}", min, max));
  }
  value = static_cast<uint32_t>(number->get());
}

void ConfigSection::Flag(std::string_view key, bool& value) {
  const toml::node* node = Find(key);
  if (node == nullptr) return;
  const toml::value<bool>* flag = node->as_boolean();
  if (flag == nullptr) return Fail(*node, key, "must be true or false");
  value = flag->get();
}

void ConfigSection::Choice(std::string_view key, const std::vector<std::string_view>& names,
                           size_t& index) {
  const toml::node* node = Find(key);
  if (node == nullptr) return;
  const toml::value<std::string>* text = node->as_string();
  const auto at =
      text == nullptr ? names.end() : std::find(names.begin(), names.end(), text->get());
  if (at == names.end()) {
    return Fail(*node, key, fmt::format("must be one of: {}", fmt::join(names, ", ")));
  }
  index = static_cast<size_t>(at - names.begin());
}

void ConfigSection::Require(std::string_view key) {
  if (table_ != nullptr && !table_->contains(key)) Fail(*table_, key, "is missing");
}

void ConfigSection::Reject(std::string_view key, std::string_view what) {
  const toml::node* node = Find(key);
  if (node != nullptr) Fail(*node, key, what);
}

void ConfigSection::Finish() {
  if (table_ == nullptr) return;
  for (const auto& [key, node] : *table_) {
    if (known_.contains(key.str())) continue;
    Fail(node, key.str(), fmt::format("is not known; known are: {}", fmt::join(known_, ", ")));
  }
}

}  // namespace s390log
