// SPDX-License-Identifier: MIT
#include "hercules/src/hercules.h"

#include <fmt/core.h>

#include <array>
#include <fstream>
#include <regex>
#include <sstream>

#include "hercules/src/boot_files.h"
#include "hercules/src/error.h"

namespace lab {

namespace {

constexpr seconds kReplyLimit(15);
constexpr seconds kBusyLimit(20);
constexpr milliseconds kBusyPause(50);
// No operator swaps tapes faster; and Hercules says twice, a little apart, that a drive is ready.
constexpr milliseconds kHandling(80);
// The kernel is loaded at 0; its decompressor moves the initramfs if it needs the room.
constexpr uint64_t kInitrdAddress = 0x02000000;

constexpr char kDisk[] = "0700";  // hercules/debian/init knows it
constexpr char kDataDisk[] = "0701";

// Two quiet things: TIMERINT and PANRATE. Their defaults cost a quarter of a host CPU for an idle
// guest. The program checks that OSTAILOR hides are how Linux probes for instructions.
constexpr char kConfig[] = R"(CPUSERIAL 000069
CPUMODEL 2827
ARCHMODE z/Arch
OSTAILOR QUIET
TIMERINT 10000
PANRATE 5000
NUMCPU {cpus}
MAINSIZE {memory}
0009 3215-C /
0E20.2 CTCI /dev/net/tun 1500 {guest} {host} 255.255.255.252
)";

void WriteFile(const fs::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (!out) throw LabError(ExitCode::kSurroundings, "cannot write " + path.string());
}

std::string BigEndian(uint64_t value) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
  return bytes;
}

// Hercules loads only what really lies in the folder of its .ins file, so no symbolic links.
void LinkOrCopy(const fs::path& from, const fs::path& to) {
  std::error_code failed;
  fs::create_hard_link(from, to, failed);
  if (failed) fs::copy_file(from, to);
}

std::string CommandLine(const GuestSpec& spec) {
  // cryptomgr.notests saves 6 of some 34 s: nothing here depends on the kernel's ciphers. A
  // Debian's udev shall not rename the network interface while the lab sets it up.
  return fmt::format(
      "conmode=3215 condev=0x0009 cryptomgr.notests=1 net.ifnames=0 log_buf_len=1M "
      "lab.name={} lab.net=ctc lab.guest={} lab.host={} lab.volumes={} lab.root={} {}",
      spec.name, kGuestAddress, kHostAddress, spec.volumes ? "on" : "off",
      spec.disk.empty() ? "none" : "/dev/dasda", spec.append);
}

std::string Config(const GuestSpec& spec) {
  std::string config =
      fmt::format(kConfig, fmt::arg("cpus", spec.cpus), fmt::arg("memory", spec.memory_mb),
                  fmt::arg("guest", kGuestAddress), fmt::arg("host", kHostAddress));
  for (const Drive& drive : spec.drives)
    config += fmt::format("{} {} *\n", drive.number, drive.type);
  // Blocks of fixed length: the file is the disk, as it is.
  if (!spec.disk.empty()) config += fmt::format("{} 9336 {}\n", kDisk, spec.disk.string());
  if (!spec.data_disk.empty())
    config += fmt::format("{} 9336 {}\n", kDataDisk, spec.data_disk.string());
  return config;
}

bool IsMessage(const std::string& line) { return line.rfind("HHC", 0) == 0; }

// An error, but not of hercifc: that comes at any time, of an address that a new tun cannot lose.
bool IsError(const std::string& line) {
  static const std::regex error("^HHC(?!IF)[A-Z]{2}[0-9]{3}[ES]\\b.*");
  return std::regex_match(line, error);
}

// What is unfinished may stand before a reply: the guest's words, or "0583:" of a trace, which
// Hercules prints in two steps.
std::string WithoutUnfinished(const std::string& line) {
  static const std::regex message("HHC[A-Z]{2}[0-9]{3}[A-Z] .*");
  static const std::regex listed("^(?:[0-9A-F]{4}:)+([0-9]:[0-9A-F]{4} .*)");
  std::smatch match;
  if (std::regex_search(line, match, message)) return match.str();
  return std::regex_match(line, match, listed) ? match.str(1) : line;
}

}  // namespace

MachinePlan PlanHercules(const GuestSpec& spec, const Layout& layout) {
  const fs::path dir = layout.State() / "machine";
  const BootFiles files = BootFilesOf(spec);
  fs::create_directories(dir);
  LinkOrCopy(files.kernel, dir / "kernel");
  LinkOrCopy(files.initrd, dir / "initrd");
  WriteFile(dir / "parm", CommandLine(spec) + '\0');
  WriteFile(dir / "initrd.addr", BigEndian(kInitrdAddress));
  WriteFile(dir / "initrd.size", BigEndian(fs::file_size(files.initrd)));
  WriteFile(dir / "boot.ins", fmt::format("kernel 0x00000000\n"
                                          "initrd {:#010x}\n"
                                          "parm 0x00010480\n"
                                          "initrd.addr 0x00010408\n"
                                          "initrd.size 0x00010410\n",
                                          kInitrdAddress));
  WriteFile(dir / "hercules.cnf", Config(spec));

  // dyngui is what makes -d listen to its standard input. Its own chatter goes to standard error.
  MachinePlan plan;
  plan.command.argv = {"hercules", "-d", "-l", "dyngui", "-f", "hercules.cnf"};
  plan.command.directory = dir;
  plan.console_prefix = "/";
  return plan;
}

// Hercules echoes each command, then its messages; a comment is echoed too, and marks the end.
std::vector<std::string> Operator::Collect(const std::string& command) {
  const std::string marker = fmt::format("*lab {}", ++commands_);
  std::vector<std::string> replies;
  bool echoed = false;
  bool ended = false;
  machine_.on_line = [&](const std::string& line) {
    // The guest's unfinished line may stand before an echo.
    if (line.ends_with(marker)) ended = true;
    if (echoed && !ended) replies.push_back(WithoutUnfinished(line));
    if (line.ends_with(command)) echoed = true;
  };
  machine_.Type(command);
  machine_.Type(marker);
  const bool answered =
      loop_.RunUntil([&] { return ended || machine_.death(); }, Deadline(kReplyLimit));
  machine_.on_line = nullptr;
  if (machine_.death()) throw LabError(ExitCode::kGuestDied, *machine_.death());
  if (!answered) {
    throw LabError(ExitCode::kTimeout, fmt::format("Hercules did not answer '{}' within {} s",
                                                   command, kReplyLimit.count()));
  }
  return replies;
}

std::vector<std::string> Operator::Command(const std::string& command) {
  std::vector<std::string> replies = Collect(command);
  for (const std::string& line : replies) {
    if (IsError(line)) throw LabError(ExitCode::kRefused, line);
  }
  return replies;
}

// What passes by itself: right after the start the CPUs are not stopped yet, and right after a
// mount the guest has not taken the drive's interruption.
void Operator::Insist(const std::string& command) {
  const Deadline deadline(kBusyLimit);
  while (true) {
    try {
      Command(command);
      return;
    } catch (const LabError& error) {
      const std::string what = error.what();
      const bool passes = what.starts_with("HHCPN053E") || what.starts_with("HHCPN096E");
      if (!passes || deadline.Passed()) throw;
    }
    loop_.RunUntil([] { return false; }, Deadline(kBusyPause));
  }
}

void Operator::Ipl(const GuestSpec& spec) {
  for (const std::string& device : spec.traced) Command("t+" + device);
  Insist("ipl boot.ins");
}

void Operator::Mount(const std::string& drive, const std::string& file, bool read_only) {
  Insist(fmt::format("devinit {} {}{}", drive, file, read_only ? " ro" : ""));
  loop_.RunUntil([] { return false; }, Deadline(kHandling));
}

void Operator::Unmount(const std::string& drive) {
  Insist(fmt::format("devinit {} *", drive));
  loop_.RunUntil([] { return false; }, Deadline(kHandling));
}

void Operator::Attach(const std::string& drive, const std::string& type) {
  Command(fmt::format("attach {} {} *", drive, type));
}

void Operator::Detach(const std::string& drive) { Command("detach " + drive); }

// "0:0580 3490 ../tapes/VOL001.aws ro [1:00000000] Display: ..." or "... *, Display: ..."
std::optional<DriveState> Operator::State(const std::string& drive) {
  for (const std::string& line : Collect("devlist " + drive)) {
    std::istringstream words(line);
    std::string number;
    DriveState state;
    std::string next;
    if (IsMessage(line) || !(words >> number >> state.type >> state.file)) continue;
    if (!number.ends_with(":" + drive)) continue;
    if (state.file == "*,") state.file = "*";
    state.read_only = words >> next && next == "ro";
    return state;
  }
  return std::nullopt;
}

}  // namespace lab
