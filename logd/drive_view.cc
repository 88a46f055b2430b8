// SPDX-License-Identifier: MIT
#include "logd/drive_view.h"

#include <fstream>

namespace s390log {
namespace {

namespace fs = std::filesystem;

// The tape driver's medium_state.
constexpr std::string_view kLoaded = "1";
constexpr std::string_view kUnloaded = "2";

std::string Attribute(const fs::path& device, const char* name) {
  std::ifstream file(device / name);
  std::string value;
  std::getline(file, value);
  return value;
}

// "3490/10"
bool IsTape(const std::string& cu_type) {
  return cu_type.starts_with("3480/") || cu_type.starts_with("3490/") ||
         cu_type.starts_with("3590/");
}

DriveState StateOf(const fs::path& device) {
  if (Attribute(device, "online") != "1") return DriveState::kOffline;
  const std::string medium = Attribute(device, "medium_state");
  if (medium == kLoaded) return DriveState::kLoaded;
  return medium == kUnloaded ? DriveState::kEmpty : DriveState::kUnknown;
}

}  // namespace

std::vector<DriveView> LookAtDrives(const fs::path& devices) {
  std::vector<DriveView> views;
  std::error_code none;
  for (fs::directory_iterator at(devices, none), end; !none && at != end; at.increment(none)) {
    const fs::path& device = at->path();
    if (!IsTape(Attribute(device, "cutype"))) continue;
    const std::string type = Attribute(device, "devtype");
    views.push_back({device.filename(), type.substr(0, type.find('/')), StateOf(device)});
  }
  return views;
}

}  // namespace s390log
