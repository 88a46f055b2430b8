// SPDX-License-Identifier: MIT
// The tape drives as sysfs shows them.
#pragma once

#include <filesystem>
#include <vector>

#include "logd/drive_table.h"

namespace s390log {

inline constexpr std::string_view kCcwDevices = "/sys/bus/ccw/devices";

// `devices` is the folder with one folder for each device. What cannot be read is not there, or
// unknown: devices come and go while we look.
std::vector<DriveView> LookAtDrives(const std::filesystem::path& devices);

}  // namespace s390log
