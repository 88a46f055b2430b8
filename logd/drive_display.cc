// SPDX-License-Identifier: MIT
#include "logd/drive_display.h"

#include <fmt/format.h>

namespace s390log {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kRow = "{:<9} {:<5} {:<9} {:<7} {:<6} {:<11} {:<24} {:>6} {:>7} {:>7}  {}\n";

std::string Text(const Json& value) {
  if (value.is_null()) return "-";
  if (!value.is_string()) return value.dump();
  const auto text = value.get<std::string>();
  return text.empty() ? "(blank)" : text;
}

// What is not from the events has a mark.
std::string State(const Json& drive) {
  const std::string state = Text(drive.at("state"));
  const bool sure = drive.at("source") == "events" || drive.at("state") == "unknown";
  return sure ? state : state + "*";
}

}  // namespace

std::string DriveDisplay(const Json& answer) {
  std::string table = fmt::format(fmt::runtime(kRow), "drive", "type", "state", "volume", "label",
                                  "access", "since", "mounts", "blocks", "errors", "last volume");
  bool asked = false;
  for (const Json& drive : answer.at("drives")) {
    const std::string state = State(drive);
    asked = asked || state.ends_with('*');
    table +=
        fmt::format(fmt::runtime(kRow), Text(drive.at("device")), Text(drive.at("type")), state,
                    Text(drive.at("volser")), Text(drive.at("label")), Text(drive.at("access")),
                    Text(drive.at("since")), Text(drive.at("mounts")), Text(drive.at("blocks")),
                    Text(drive.at("errors")), Text(drive.at("last_volser")));
  }
  if (asked) table += "* as sysfs shows it: no event has told it\n";
  return table;
}

}  // namespace s390log
