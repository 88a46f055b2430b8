// SPDX-License-Identifier: MIT
// The kernel and the initramfs that a guest boots from.
#pragma once

#include <fmt/core.h>

#include <string>

#include "hercules/src/layout.h"
#include "hercules/src/spec.h"

namespace lab {

struct BootFiles {
  fs::path kernel;
  fs::path initrd;
  std::string remedy;  // what makes them
};

inline BootFiles BootFilesOf(const GuestSpec& spec) {
  if (!spec.disk.empty())
    return {Top() / "build/debian/kernel", Top() / "build/debian/initrd", "make debian"};
  return {Layout::Kernel(spec.kernel) / "vmlinuz", Layout::Image(spec.kernel),
          "make image KERNEL=" + spec.kernel};
}

}  // namespace lab
