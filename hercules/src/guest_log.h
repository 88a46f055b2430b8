// SPDX-License-Identifier: MIT
// What a healthy guest's kernel never says.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace lab {

// The lines that tell of a fault of the kernel: warnings, oopses, stalls, leaks, lock reports.
std::vector<std::string> Complaints(const std::filesystem::path& log);
bool IsComplaint(const std::string& line);

// A record of /dev/kmsg ("6,339,5140900,-;text") as dmesg shows it; empty for its continuation
// lines, which repeat what is known.
std::string FromKmsg(const std::string& record);

}  // namespace lab
