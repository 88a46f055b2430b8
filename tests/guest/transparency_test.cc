// SPDX-License-Identifier: MIT
// What programs, udev and the kernel's log see of a drive is the same with tape_log and without it,
// but for one thing: that a tape was mounted or unmounted by hand, which Linux alone does not
// notice.
//
// One guest plays one script twice, on the tape driver loaded anew each time, the second time with
// tape_log. "mt load" is not in it: without tape_log it waits for a mount that the driver never
// sees.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <regex>
#include <sstream>

#include "hercules/fixture/guest_test.h"
#include "hercules/src/process.h"

namespace lab {
namespace {

constexpr char kMount[] = "devinit 0580 ../tapes/{}.aws{}";
constexpr char kUnmount[] = "devinit 0580 *";
// For the guest to take the drive's interruption, and to ask the drive.
constexpr char kSettle[] = "usleep 200000";

// Panel: a command of Hercules's. Else a line for the guest's shell, in which $tape does not
// rewind.
struct Step {
  bool panel;
  std::string line;
};

Step Panel(const std::string& line) { return {true, line}; }
Step Guest(const std::string& line) { return {false, line}; }
Step Mount(const std::string& volume, const std::string& options = "") {
  return Panel(fmt::format(kMount, volume, options));
}

void Append(std::vector<Step>& steps, const std::vector<Step>& more) {
  steps.insert(steps.end(), more.begin(), more.end());
}

std::vector<Step> EmptyDrive() {
  return {Guest("mt -f $tape rewind"), Guest("dd if=$tape of=/dev/null bs=32768"),
          Guest("dd if=/tmp/data of=$tape bs=4096"), Guest("tape_status $tape")};
}

std::vector<Step> WriteAndReadBack() {
  return {Mount("TRA001"),
          Guest("tape_status $tape"),
          Guest("dd if=$tape of=/tmp/read bs=32768; md5sum /tmp/read"),  // the labels
          Guest("dd if=/tmp/data of=$tape bs=4096"),
          Guest("tape_status $tape"),
          Guest("mt -f $tape rewind"),
          Guest("mt -f $tape fsf 1"),
          Guest("dd if=$tape of=/tmp/read bs=4096; cmp /tmp/read /tmp/data"),
          Guest("dd if=$tape of=/tmp/read bs=4096"),
          Guest("dd if=$tape bs=100 count=1"),  // behind the last file
          Guest("mt -f $rewinding rewind")};
}

std::vector<Step> Archives() {
  return {Guest("mt -f $tape rewind"),
          Guest("tar -C /tmp -c -f $tape data"),
          Guest("tar -C /tmp -c -f /tmp/archive data; dd if=/tmp/archive of=$tape obs=10240"),
          Guest("mt -f $tape rewind"),
          Guest("tar -t -f $tape"),
          Guest("mt -f $tape rewind"),
          Guest("mt -f $tape fsf 1"),
          Guest("dd if=$tape of=/tmp/archive bs=10240; tar -x -O -f /tmp/archive >/tmp/read; cmp "
                "/tmp/read /tmp/data"),
          Guest("dd if=/tmp/data of=$rewinding bs=1000 count=5"),
          Guest("dd if=$rewinding of=/tmp/read bs=1000; md5sum /tmp/read")};
}

std::vector<Step> Positions() {
  std::vector<Step> steps = {Guest("mt -f $tape rewind")};
  for (const char* operation : {"weof 2",
                                "tell",
                                "rewind",
                                "fsr 1",
                                "fsf 1",
                                "tell",
                                "bsf 1",
                                "bsr 1",
                                "fsfm 1",
                                "bsfm 1",
                                "eom",
                                "tell",
                                "seek 1",
                                "tell",
                                "bsf 9",
                                "fsf 9",
                                "rewind",
                                "setblk 512",
                                "setblk 0",
                                "datacompression 1",
                                "datacompression 0",
                                "nop",
                                "retension",
                                "lock",
                                "unlock",
                                "reset",
                                "fss 1",
                                "setdensity 1",
                                "rewind"}) {
    steps.push_back(Guest(fmt::format("mt -f $tape {}; echo $?; tape_status $tape", operation)));
  }
  return steps;
}

std::vector<Step> EndsOfTape() {
  return {Mount("TRA002", " maxsizeK=512 eotmargin=131072"),
          Guest("dd if=/tmp/data of=$tape bs=32768; dd if=/dev/zero of=$tape bs=32768 count=40"),
          Guest("tape_status $tape"),
          Guest("mt -f $tape rewind"),
          Guest("mt -f $tape bsr 1"),
          Guest("dd if=$tape of=/tmp/read bs=32768; md5sum /tmp/read"),
          Guest("mt -f $tape rewind"),
          Panel(kUnmount)};
}

std::vector<Step> Protected() {
  return {Mount("TRA003", " ro"),
          Guest("dd if=/tmp/data of=$tape bs=4096"),
          Guest("mt -f $tape weof 1"),
          Guest("mt -f $tape rewind"),
          Guest("dd if=$tape of=/tmp/read bs=32768; md5sum /tmp/read"),
          Guest("tape_status $tape"),
          Panel(kUnmount)};
}

std::vector<Step> UnloadAndOnline() {
  return {Mount("TRA001"),
          Guest("mt -f $tape offline"),
          Guest("mt -f $tape rewind"),
          Mount("TRA003"),
          Guest("echo 0 >$device/online; ls /dev/*tibm* 2>&1; cat $device/online"),
          Guest("echo 1 >$device/online; ls /dev/*tibm*; cat $device/online"),
          Guest("for f in state operation blocksize online cutype devtype; do "
                "echo $f $(cat $device/$f); done"),
          Guest("dd if=$tape of=/tmp/read bs=32768; md5sum /tmp/read"),
          Guest("exec 3<$tape; dd if=$tape bs=1 count=1; echo 0 >$device/online"),
          Panel(kUnmount)};
}

std::vector<Step> Script() {
  std::vector<Step> script;
  for (const auto& part : {EmptyDrive(), WriteAndReadBack(), Archives(), Positions(), EndsOfTape(),
                           Protected(), UnloadAndOnline(), EmptyDrive()})
    Append(script, part);
  return script;
}

// What one play of the script was seen to do. What tells of mounts and unmounts is apart.
struct Transcript {
  std::string programs;  // each line, what it printed, its exit code
  std::string uevents;
  std::string kernel;
  std::string mounts;  // the kernel's messages
  std::string media;   // uevents, and what MTIOCGET tells
};

constexpr char kMounted[] = "tape: 0.0.0580: A tape cartridge has been mounted\n";
constexpr char kUnloaded[] = "tape: 0.0.0580: The tape cartridge has been successfully unloaded\n";

// The kernel says so when the emulator had no CPU for a while.
constexpr char kBusyHost[] = "hrtimer: interrupt took ";

// What is another number each time.
std::string WithoutTimes(const std::string& line) {
  static const std::regex kDd(" copied, .*");                  // dd: how long it took
  static const std::regex kKmsg("^\\[ *[0-9]+\\.[0-9]+\\] ");  // the kernel's log: when
  static const std::regex kSequence("SEQNUM=[0-9]+ ");         // uevents: the number
  std::string text = std::regex_replace(line, kDd, "");
  text = std::regex_replace(text, kKmsg, "");
  return std::regex_replace(text, kSequence, "");
}

// Lines about media to where they belong, all others to `rest`.
void Sort(const std::string& text, std::string& rest, Transcript& transcript) {
  std::istringstream in(text);
  for (std::string raw; std::getline(in, raw);) {
    const std::string line = WithoutTimes(raw) + "\n";
    if (line.starts_with(kBusyHost)) continue;
    if (line == kMounted || line == kUnloaded) {
      transcript.mounts += line;
    } else if (line.find("MEDIUM_STATE=") != std::string::npos || line.starts_with("medium: ")) {
      transcript.media += line;
    } else {
      rest += line;
    }
  }
}

class Transparency : public GuestTest {
 protected:
  Transparency() : GuestTest(OneBareDrive()) {}

  void SetUp() override {
    GuestTest::SetUp();
    if (!GuestLives()) return;
    Run("seq 1 20000 >/tmp/data; touch -d @0 /tmp/data; mkdir -p /tmp/bin; "
        "ln -sf /usr/lib/s390-log/tests/tape_status /tmp/bin");
    // One line for each uevent: all that it says, and not what the shell adds.
    guest().Run("cat >/tmp/on_uevent; chmod +x /tmp/on_uevent",
                "#!/bin/sh\n"
                "env | grep -vE '^(PATH|PWD|OLDPWD|SHLVL|HOME|USER|LOGNAME|SHELL|MAIL|TERM|_|"
                "SSH_[A-Z]*)=' | sort | tr '\\n' ' '\n"
                "echo\n");
  }

  Transcript Play(const std::string& modules) {
    const std::string begin = "transparency: begin with " + modules;
    for (const char* volume : {"TRA001", "TRA002", "TRA003"}) MakeTape(volume);
    guest().Panel(kUnmount);
    Run(fmt::format(
        "for module in {}; do modprobe $module; done; {}; "
        "echo 1 >/sys/bus/ccw/devices/0.0.0580/online; {}; echo {} >/dev/kmsg; "
        "(uevent /tmp/on_uevent </dev/null >/tmp/uevents 2>&1 & echo $! >/tmp/uevent.pid)",
        modules, kSettle, kSettle, begin));
    Transcript transcript;
    for (const Step& step : Script()) Do(step, transcript);
    Run(fmt::format("{}; kill $(cat /tmp/uevent.pid)", kSettle));
    Sort(Run("cat /tmp/uevents"), transcript.uevents, transcript);
    Sort(Run(fmt::format("dmesg | sed '1,/{}/d'", begin)), transcript.kernel, transcript);
    Run("for module in tape_log tape_34xx tape s390_log kevent; do "
        "[ ! -d /sys/module/$module ] || rmmod $module; done");
    return transcript;
  }

 private:
  static GuestSpec OneBareDrive() {
    GuestSpec spec = WithoutVolumes();
    spec.services = false;
    spec.drives = {{"0580", "3490"}};
    return spec;
  }

  void MakeTape(const std::string& volume) {
    const fs::path file = guest().layout().Tapes() / (volume + ".aws");
    fs::remove(file);
    const Output made = Capture({.argv = {"hetinit", "-d", file, volume, "S390LOG"}});
    ASSERT_EQ(made.status, 0) << made.text;
  }

  void Do(const Step& step, Transcript& transcript) {
    transcript.programs += (step.panel ? "operator: " : "$ ") + step.line + "\n";
    if (step.panel) {
      guest().Panel(step.line);
      Run(kSettle);
      return;
    }
    const Output output = guest().Run(
        "exec 2>&1; PATH=$PATH:/tmp/bin; device=/sys/bus/ccw/devices/0.0.0580; "
        "tape=/dev/ntibm0; rewinding=/dev/rtibm0; " +
        step.line);
    Sort(output.text, transcript.programs, transcript);
    transcript.programs += fmt::format("exit {}\n", output.status);
  }
};

int Count(const std::string& text, const std::string& part) {
  int count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// The script mounts four times on an empty drive, and swaps once. Alone, Linux only learns that the
// drive is empty when it asks, after it has found a tape in it while the drive came online.
TEST_F(Transparency, ProgramsUeventsAndTheKernelsLogAreTheSameButForMounts) {
  const Transcript without = Play("tape_34xx");
  const Transcript with = Play("kevent s390_log tape_34xx tape_log");
  EXPECT_EQ(without.programs, with.programs);
  EXPECT_EQ(without.uevents, with.uevents);
  EXPECT_EQ(without.kernel, with.kernel);
  EXPECT_NE(with.programs, "");
  EXPECT_NE(with.uevents, "");

  std::string four;
  for (int i = 0; i < 4; ++i) four += std::string(kMounted) + kUnloaded;
  EXPECT_EQ(with.mounts, four);
  EXPECT_EQ(without.mounts, kUnloaded);
  EXPECT_EQ(Count(with.media, "MEDIUM_STATE=LOADED "), 4);
  EXPECT_EQ(Count(with.media, "MEDIUM_STATE=UNLOADED "), 4);
}

}  // namespace
}  // namespace lab
