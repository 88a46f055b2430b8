// SPDX-License-Identifier: MIT
// What a lab is made of.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace lab {

enum class MachineKind { kHercules, kQemu };

struct Drive {
  std::string number;  // "0580"
  std::string type;    // "3490"
};

struct GuestSpec {
  std::string name = "lab";
  MachineKind machine = MachineKind::kHercules;
  std::string kernel = "6.1";
  // Our modules, logd, and the drives online.
  bool services = true;
  // logd identifies the volumes.
  bool volumes = true;
  std::vector<Drive> drives = {{"0580", "3490"}, {"0581", "3480"}};
  int cpus = 2;
  int memory_mb = 512;
  // More for the kernel's command line.
  std::string append = {};
  // Devices whose channel programs the console log shows (Hercules: t+NUMBER).
  std::vector<std::string> traced = {};
  // A disk with the Debian of build/debian, which boots instead of the lab's image and has no
  // services of the lab. What the guest writes stays on it.
  std::filesystem::path disk = {};
  // A disk beside the image, for what shall outlive the guest: a file of whole 512-byte blocks,
  // which is /dev/vda on QEMU and the FBA disk 0701 on Hercules.
  std::filesystem::path data_disk = {};
};

// The network namespace is private, so each lab has the same addresses.
inline constexpr char kGuestAddress[] = "10.39.0.2";
inline constexpr char kHostAddress[] = "10.39.0.1";
inline constexpr int kSyslogPort = 601;
inline constexpr int kSshPort = 22;

inline const char* NameOf(MachineKind machine) {
  return machine == MachineKind::kHercules ? "hercules" : "qemu";
}

}  // namespace lab
