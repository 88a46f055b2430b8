// SPDX-License-Identifier: MIT
#include "hercules/src/qemu.h"

#include <fmt/core.h>

#include "hercules/src/boot_files.h"

namespace lab {

fs::path QemuProgram() { return Top() / "build/qemu/qemu-system-s390x"; }

MachinePlan PlanQemu(const GuestSpec& spec, const Layout& layout) {
  const std::string command_line = fmt::format(
      "console=ttysclp0 oops=panic log_buf_len=1M lab.name={} lab.net=virtio lab.guest={} "
      "lab.host={} {}",
      spec.name, kGuestAddress, kHostAddress, spec.append);

  const BootFiles files = BootFilesOf(spec);
  MachinePlan plan;
  plan.command.directory = layout.State();
  plan.command.argv = {
      QemuProgram(),
      "-M",
      "s390-ccw-virtio",
      "-accel",
      "tcg,thread=multi",
      "-cpu",
      "max",
      "-smp",
      std::to_string(spec.cpus),
      "-m",
      std::to_string(spec.memory_mb),
      "-nodefaults",
      "-no-reboot",
      "-display",
      "none",
      "-kernel",
      files.kernel,
      "-initrd",
      files.initrd,
      "-append",
      command_line,
      "-chardev",
      "stdio,id=console,signal=off",
      "-device",
      "sclpconsole,chardev=console",
      "-netdev",
      fmt::format("tap,id=net,ifname={},script=no,downscript=no", kTapName),
      "-device",
      "virtio-net-ccw,netdev=net",
      "-device",
      "virtio-rng-ccw",
  };
  if (!spec.disk.empty()) {
    plan.command.argv.insert(
        plan.command.argv.end(),
        {"-drive", fmt::format("file={},format=raw,if=none,id=disk", spec.disk.string()), "-device",
         "virtio-blk-ccw,drive=disk"});
  }
  if (!spec.data_disk.empty()) {
    plan.command.argv.insert(
        plan.command.argv.end(),
        {"-drive", fmt::format("file={},format=raw,if=none,id=data", spec.data_disk.string()),
         "-device", "virtio-blk-ccw,drive=data"});
  }
  return plan;
}

}  // namespace lab
