// SPDX-License-Identifier: MIT
// One table of the configuration: reads keys, checks types and bounds, and knows at the end which
// keys nobody has asked for.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "logd/toml.h"

namespace s390log {

class ConfigSection {
 public:
  // `table` may be null: the section is absent and all keys keep their defaults.
  ConfigSection(const toml::table* table, std::string_view section, std::string_view file,
                std::vector<std::string>& errors);

  bool Present() const { return table_ != nullptr; }

  // Each leaves `value` alone if the key is absent or wrong.
  void Text(std::string_view key, std::string& value);
  // One text, or a list of them, each of which is `good`: what it must be is said otherwise.
  void Texts(std::string_view key, std::string_view what,
             const std::function<bool(const std::string&)>& good, std::vector<std::string>& values);
  void Number(std::string_view key, int64_t min, int64_t max, uint32_t& value);
  void Flag(std::string_view key, bool& value);
  void Choice(std::string_view key, const std::vector<std::string_view>& names, size_t& index);
  void Require(std::string_view key);

  bool Has(std::string_view key) const { return table_ != nullptr && table_->contains(key); }
  // Says what is wrong with the value of a key that is there.
  void Reject(std::string_view key, std::string_view what);

  // Reports the keys that were not asked for.
  void Finish();

 private:
  const toml::node* Find(std::string_view key);
  void Fail(const toml::node& node, std::string_view key, std::string_view what);

  const toml::table* table_;
  std::string section_;
  std::string file_;
  std::vector<std::string>& errors_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace s390log
