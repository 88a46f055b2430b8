// SPDX-License-Identifier: MIT
// logd.toml: a configuration, or errors that say where.
#include "logd/config.h"
#include "tests/fuzz/input_reader.h"

FUZZ_TARGET(config)(s390log::FuzzInput input) {
  using namespace s390log;
  const auto result = ParseConfig(TextOfInput(input), "fuzz.toml");
  if (const auto* errors = std::get_if<ConfigErrors>(&result)) {
    Require(!errors->empty(), "what is refused has an error");
    for (const std::string& error : *errors)
      Require(error.starts_with("fuzz.toml"), "an error names the file: " + error);
    return;
  }
  const Config& config = std::get<Config>(result);
  Require(config.store || config.json || config.journal || !config.syslog.empty(),
          "events go somewhere");
  for (const SyslogConfig& syslog : config.syslog)
    Require(syslog.facility >= 0 && syslog.facility < 24, "a facility is one");
}
