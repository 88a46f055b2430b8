// SPDX-License-Identifier: MIT
#include "logd/drive_table.h"

#include <fmt/format.h>
#include <linux/s390_log.h>

#include <algorithm>

#include "s390log/time_text.h"

namespace s390log {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kTimeDigits = 3;

bool IsTapeControlUnit(uint16_t cu_type) {
  return cu_type == 0x3480 || cu_type == 0x3490 || cu_type == 0x3590;
}

// The type of the drive that an event is about; 0 if it is about none.
uint16_t TypeOf(const Payload& payload) {
  if (const auto* tape = std::get_if<TapePayload>(&payload)) return tape->dev_type;
  if (const auto* error = std::get_if<TapeErrorPayload>(&payload)) return error->dev_type;
  if (const auto* volume = std::get_if<VolumePayload>(&payload)) return volume->dev_type;
  const auto* device = std::get_if<CcwdevPayload>(&payload);
  return device != nullptr && IsTapeControlUnit(device->cu_type) ? device->dev_type : 0;
}

std::string AccessOf(const Event& event) {
  for (const Field& field : FieldsOf(event.payload)) {
    if (field.name == "access") return ToString(field.value);
  }
  return "";
}

// Only what failed, not what a program may expect: the end of a tape, a protected one.
bool IsFailure(const Event& event) {
  const auto* error = std::get_if<TapeErrorPayload>(&event.payload);
  if (error == nullptr || (error->flags & S390_LOG_ERROR_RECOVERED) != 0) return false;
  return event.id == KEVENT_S390_TAPE_IO_ERROR || event.id == KEVENT_S390_TAPE_CORRUPT;
}

Json OrNull(const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); }

}  // namespace

std::string_view NameOf(DriveState state) {
  switch (state) {
    case DriveState::kEmpty:
      return "empty";
    case DriveState::kLoaded:
      return "loaded";
    case DriveState::kOffline:
      return "offline";
    case DriveState::kGone:
      return "gone";
    case DriveState::kUnknown:
      break;
  }
  return "unknown";
}

void DriveTable::See(Event& event) {
  if (event.match == Match::kGap || event.match == Match::kPayloadLost) return ForgetAll();
  Drive* drive = Find(event);
  if (drive == nullptr) return;
  if (drive->volume && drive->volume->Labelled() && event.id != KEVENT_S390_TAPE_LOADED) {
    event.volser = drive->volume->label.volser;
  }
  Apply(event, *drive);
}

DriveTable::Drive* DriveTable::Find(const Event& event) {
  const uint16_t type = TypeOf(event.payload);
  if (!event.device || type == 0) return nullptr;
  const std::string device = event.device->ToString();
  if (drives_.size() >= kMaxDrives && !drives_.contains(device)) {
    std::erase_if(drives_, [](const auto& each) { return each.second.state == DriveState::kGone; });
    if (drives_.size() >= kMaxDrives) return nullptr;
  }
  const auto at = drives_.try_emplace(device).first;
  at->second.type = type;
  return &at->second;
}

void DriveTable::Apply(const Event& event, Drive& drive) {
  if (IsFailure(event)) ++drive.errors;
  switch (event.id) {
    case KEVENT_S390_TAPE_LOADED:
      return Load(event, drive);
    case KEVENT_S390_TAPE_UNLOADED:
      return Leave(event, drive, DriveState::kEmpty);
    case KEVENT_S390_DEVICE_ADDED:
    case KEVENT_S390_DEVICE_OFFLINE:
      return Leave(event, drive, DriveState::kOffline);
    case KEVENT_S390_DEVICE_REMOVED:
    case KEVENT_S390_DEVICE_GONE:
    case KEVENT_S390_DEVICE_NO_PATH:
      return Leave(event, drive, DriveState::kGone);
    case KEVENT_S390_DEVICE_ONLINE:
      // Only a tape would be told of.
      if (drive.state != DriveState::kLoaded) Leave(event, drive, DriveState::kUnknown);
      return;
    case KEVENT_S390_TAPE_VOLUME: {
      const auto& volume = std::get<VolumePayload>(event.payload);
      if (volume.load == drive.load) drive.volume = volume;
      return;
    }
  }
}

void DriveTable::Load(const Event& event, Drive& drive) {
  if (drive.state == DriveState::kLoaded) Leave(event, drive, DriveState::kEmpty);
  drive.state = DriveState::kLoaded;
  drive.since_ns = event.time_ns;
  drive.load = event.first.Value();
  drive.access = AccessOf(event);
  ++drive.mounts;
}

void DriveTable::Leave(const Event& event, Drive& drive, DriveState state) {
  if (drive.volume && drive.volume->Labelled()) drive.last_volser = drive.volume->label.volser;
  drive.volume.reset();
  drive.load = 0;
  drive.access.clear();
  if (drive.state == state) return;
  drive.state = state;
  drive.since_ns = event.time_ns;
}

// What is lost may have been of any drive.
void DriveTable::ForgetAll() {
  for (auto& [device, drive] : drives_) {
    if (drive.volume && drive.volume->Labelled()) drive.last_volser = drive.volume->label.volser;
    drive.volume.reset();
    drive.load = 0;
    drive.access.clear();
    drive.state = DriveState::kUnknown;
    drive.since_ns.reset();
  }
}

Json DriveTable::DriveJson(const std::string& device, const Drive& drive, const DriveView* view) {
  const bool ask = drive.state == DriveState::kUnknown && view != nullptr;
  const VolumePayload* volume = drive.volume ? &*drive.volume : nullptr;
  const bool labelled = volume != nullptr && volume->Labelled();
  Json json;
  json["device"] = device;
  json["type"] =
      drive.type == 0 && view != nullptr ? view->type : fmt::format("{:04x}", drive.type);
  json["state"] = NameOf(ask ? view->state : drive.state);
  json["source"] = ask ? "sysfs" : "events";
  json["volser"] = labelled ? Json(volume->label.volser) : Json(nullptr);
  json["label"] =
      volume != nullptr && volume->Identified() ? Json(NameOf(volume->label.type)) : Json(nullptr);
  json["owner"] = labelled ? Json(volume->label.owner) : Json(nullptr);
  json["access"] = drive.access.empty() ? Json(nullptr) : Json(drive.access);
  json["since"] = drive.since_ns ? Json(Rfc3339(*drive.since_ns, kTimeDigits)) : Json(nullptr);
  json["mounts"] = drive.mounts;
  json["blocks"] = nullptr;  // nobody counts them
  json["errors"] = drive.errors;
  json["last_volser"] = OrNull(drive.last_volser);
  return json;
}

Json DriveTable::ToJson(const std::vector<DriveView>& views) const {
  std::map<std::string, std::pair<Drive, const DriveView*>> all;
  for (const auto& [device, drive] : drives_) all[device] = {drive, nullptr};
  for (const DriveView& view : views) all[view.device].second = &view;
  Json drives = Json::array();
  for (const auto& [device, known] : all) {
    drives.push_back(DriveJson(device, known.first, known.second));
  }
  return {{"drives", drives}};
}

}  // namespace s390log
