// SPDX-License-Identifier: MIT
#include "logd/known_values.h"

#include <fmt/format.h>

#include <exception>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "logd/control_client.h"
#include "logd/drive_view.h"
#include "s390log/catalog.h"
#include "s390log/device_number.h"
#include "s390log/tape_sense.h"

namespace s390log {
namespace {

using Json = nlohmann::json;

constexpr std::chrono::seconds kPatience{1};  // of somebody who has pressed Tab

Json Drives(const std::string& socket) {
  try {
    const auto answer = AskLogd(socket, "drives", kPatience);
    return answer ? Json::parse(*answer).at("drives") : Json::array();
  } catch (const std::exception&) {
    return Json::array();  // nobody can be told now
  }
}

Candidates Messages() {
  Candidates messages;
  for (const CatalogEntry& entry : CatalogTable())
    messages.push_back({std::string(entry.message_id), std::string(entry.text)});
  return messages;
}

Candidates Explainable() {
  Candidates all = Messages();
  for (const ErpaEntry& entry : ErpaTable())
    all.push_back({fmt::format("ERPA-{:02x}", entry.code), std::string(entry.name)});
  return all;
}

Candidates Events() {
  Candidates all = Messages();
  for (const CatalogEntry& entry : CatalogTable())
    if (!entry.name.empty()) all.push_back({std::string(entry.name), std::string(entry.text)});
  return all;
}

Candidates Devices(const std::string& socket) {
  std::map<std::string, std::string> devices;
  std::error_code none;
  for (std::filesystem::directory_iterator at(kCcwDevices, none), end; !none && at != end;
       at.increment(none)) {
    const std::string name = at->path().filename();
    if (DeviceNumber::Parse(name)) devices[name] = "";
  }
  for (const Json& drive : Drives(socket))
    devices[drive.value("device", "")] = "drive " + drive.value("type", "");
  Candidates all;
  for (const auto& [device, meaning] : devices) all.push_back({device, meaning});
  return all;
}

Candidates Volumes(const std::string& socket) {
  Candidates volumes;
  for (const Json& drive : Drives(socket)) {
    for (const char* key : {"volser", "last_volser"}) {
      const Json volume = drive.value(key, Json());
      if (volume.is_string())
        volumes.push_back({volume.get<std::string>(), drive.value("device", "")});
    }
  }
  return volumes;
}

Candidates Times() { return {{"now"}, {"today"}, {"yesterday"}}; }

}  // namespace

std::map<std::string, std::function<Candidates()>> KnownValues(const std::string& socket) {
  return {{"MESSAGE", Explainable},
          {"EVENT", Events},
          {"DEVICE", [socket] { return Devices(socket); }},
          {"VOLSER", [socket] { return Volumes(socket); }},
          {"TIME", Times}};
}

}  // namespace s390log
