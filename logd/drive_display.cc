// SPDX-License-Identifier: MIT
#include "logd/drive_display.h"

#include "logd/text_table.h"

namespace s390log {
namespace {

using Json = nlohmann::ordered_json;

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

// A drive that is gone is looked for.
Colour ColourOf(const std::string& state) {
  if (state == "loaded") return Colour::kGreen;
  return state == "gone" ? Colour::kRed : Colour::kNone;
}

}  // namespace

std::string DriveDisplay(const Json& answer, const Style& style) {
  using Align = TextTable::Align;
  TextTable table({{"drive"},
                   {"type"},
                   {"state"},
                   {"volume"},
                   {"label"},
                   {"access"},
                   {"since"},
                   {"mounts", Align::kRight},
                   {"blocks", Align::kRight},
                   {"errors", Align::kRight},
                   {"last volume"}});
  if (answer.at("drives").empty()) return "no tape drives\n";
  bool asked = false;
  for (const Json& drive : answer.at("drives")) {
    const std::string state = State(drive);
    const bool errors = drive.at("errors").is_number() && drive.at("errors") != 0;
    asked = asked || state.ends_with('*');
    table.Add({Text(drive.at("device")), Text(drive.at("type")),
               TextTable::Cell(state, ColourOf(Text(drive.at("state")))), Text(drive.at("volser")),
               Text(drive.at("label")), Text(drive.at("access")), Text(drive.at("since")),
               Text(drive.at("mounts")), Text(drive.at("blocks")),
               TextTable::Cell(Text(drive.at("errors")), errors ? Colour::kYellow : Colour::kNone),
               Text(drive.at("last_volser"))});
  }
  return table.Text(style) + (asked ? "* as sysfs shows it: no event has told it\n" : "");
}

}  // namespace s390log
