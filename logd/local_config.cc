// SPDX-License-Identifier: MIT
#include "logd/local_config.h"

#include <unistd.h>

#include <variant>

#include "logd/config.h"

namespace s390log {
namespace {

Config LocalConfig() {
  const std::string file(kDefaultConfigPath);
  if (::access(file.c_str(), R_OK) != 0) return {};
  auto config = ReadConfig(file);
  Config* read = std::get_if<Config>(&config);
  return read == nullptr ? Config{} : *read;
}

}  // namespace

std::string LocalStorePath(const std::string& given) {
  return given.empty() ? LocalConfig().store.value_or(StoreConfig{}).path : given;
}

std::string LocalControlPath(const std::string& given) {
  return given.empty() ? LocalConfig().control.path : given;
}

}  // namespace s390log
