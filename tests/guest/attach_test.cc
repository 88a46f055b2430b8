// SPDX-License-Identifier: MIT
// tape_log, the tape modules and the drives come and go, in every order and under load. After each,
// the next mount is seen, and once; the fixture looks for what the guest's kernel complains of.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "hercules/fixture/guest_test.h"

namespace lab {
namespace {

constexpr char kDrive[] = "0580";
constexpr char kBus[] = "0.0.0580";
constexpr char kLoaded[] = "TAP001I";
constexpr char kUnloaded[] = "TAP002I";
constexpr char kAdded[] = "DEV001I";
constexpr char kRemoved[] = "DEV002I";
constexpr char kOnline[] = "DEV003I";
constexpr char kOffline[] = "DEV004I";
constexpr char kGone[] = "DEV005E";
constexpr char kReport[] = "CHN001I";
constexpr char kNoDevice[] = "";

// A shell that has a drive open as descriptor 3: $tape does not rewind.
constexpr char kTape[] =
    "tape=/dev/$(basename $(readlink -f /sys/bus/ccw/devices/0.0.0580/non-rewinding)); ";

class AttachTest : public GuestTest {
 protected:
  explicit AttachTest(GuestSpec spec = WithoutVolumes()) : GuestTest(std::move(spec)) {}

  // A test leaves all as it found it: modules loaded, drives online and empty.
  void TearDown() override {
    if (GuestLives()) ExpectNoEvent();
    GuestTest::TearDown();
  }

  void SetOnline(const std::string& drive, bool online) {
    Run(fmt::format("echo {} >/sys/bus/ccw/devices/0.0.{}/online", online ? 1 : 0, drive));
  }

  void SetAllOnline(bool online, bool heard = true) {
    for (const Drive& drive : spec().drives) {
      SetOnline(drive.number, online);
      if (heard) ExpectEvent(online ? kOnline : kOffline, "0.0." + drive.number);
    }
  }

  void ExpectMountIsSeenOnce(const std::string& volume, const std::string& drive = kDrive) {
    Mount(drive, volume);
    ExpectEvent(kLoaded, "0.0." + drive);
    ExpectNoEvent();
    Unmount(drive);
    ExpectEvent(kUnloaded, "0.0." + drive);
  }
};

TEST_F(AttachTest, TapeModulesMayBeReloadedUnderneath) {
  SetAllOnline(false);
  Run("rmmod tape_34xx tape");
  ExpectNoEvent();
  Run("modprobe tape_34xx");
  SetAllOnline(true);
  ExpectMountIsSeenOnce("VOL501");
}

TEST_F(AttachTest, TapeLogMayComeFirst) {
  Run("rmmod tape_log");
  SetAllOnline(false, false);
  Run("rmmod tape_34xx tape && modprobe tape_log && modprobe tape_34xx");
  SetAllOnline(true);
  ExpectMountIsSeenOnce("VOL502");
}

TEST_F(AttachTest, TapeLogMayComeLast) {
  Run("rmmod tape_log");
  SetAllOnline(false, false);
  Run("rmmod tape_34xx tape && modprobe tape_34xx");
  SetAllOnline(true, false);
  Run("modprobe tape_log");
  ExpectNoEvent();
  ExpectMountIsSeenOnce("VOL503");
}

// A drive that is in its place and has a tape: that is told as soon as somebody looks.
TEST_F(AttachTest, TapeThatWasThereBeforeTapeLogIsToldOnce) {
  Mount(kDrive, "VOL504");
  ExpectEvent(kLoaded, kBus);
  Run("rmmod tape_log && modprobe tape_log");
  ExpectEvent(kLoaded, kBus);
  ExpectNoEvent();
  Unmount(kDrive);
  ExpectEvent(kUnloaded, kBus);
}

TEST_F(AttachTest, MountWhileTapeLogIsAwayIsToldWhenItIsBack) {
  Run("rmmod tape_log");
  Mount(kDrive, "VOL505");
  Run("modprobe tape_log");
  ExpectEvent(kLoaded, kBus);
  Unmount(kDrive);
  ExpectEvent(kUnloaded, kBus);
}

TEST_F(AttachTest, TapeLogMayComeAndGoWhileATapeIsRead) {
  constexpr int kBlocks = 150;
  constexpr int kReloads = 5;
  Mount(kDrive, "VOL506");
  ExpectEvent(kLoaded, kBus);
  Run(std::string(kTape) +
      fmt::format("dd if=/dev/urandom of=/tmp/data bs=4096 count={} 2>/dev/null && "
                  "mt -f $tape rewind && dd if=/tmp/data of=$tape bs=4096 2>/dev/null && "
                  "mt -f $tape rewind",
                  kBlocks));
  // One open descriptor, and a block at a time, so that it takes some seconds.
  Run(std::string(kTape) +
      fmt::format("rm -f /tmp/read /tmp/done; (exec 3<$tape; i=0; while [ $i -lt {} ]; do "
                  "i=$((i+1)); usleep 50000; dd bs=4096 count=1 <&3 >>/tmp/read 2>/dev/null || "
                  "break; done; "
                  "echo $i >/tmp/done) </dev/null >/dev/null 2>&1 &",
                  kBlocks));
  for (int i = 0; i < kReloads; ++i) {
    Run("rmmod tape_log && modprobe tape_log");
    ExpectEvent(kLoaded, kBus);
    EXPECT_NE(guest().Run("test -e /tmp/done").status, 0) << "read before reload " << i;
  }
  Run("t=0; until [ -e /tmp/done ]; do t=$((t+1)); [ $t -lt 150 ] || exit 1; usleep 200000; done");
  Run("cmp /tmp/data /tmp/read");
  ExpectNoEvent();
  Run(std::string(kTape) + "mt -f $tape rewind");
  Unmount(kDrive);
  ExpectEvent(kUnloaded, kBus);
  ExpectMountIsSeenOnce("VOL507");
}

// The tape driver refuses it, and nothing has changed.
TEST_F(AttachTest, DriveInUseCannotBeSetOffline) {
  Mount(kDrive, "VOL508");
  ExpectEvent(kLoaded, kBus);
  EXPECT_NE(
      guest()
          .Run(std::string(kTape) + "exec 3<$tape; echo 0 >/sys/bus/ccw/devices/0.0.0580/online")
          .status,
      0);
  ExpectNoEvent();
  Unmount(kDrive);
  ExpectEvent(kUnloaded, kBus);
  SetOnline(kDrive, false);
  ExpectEvent(kOffline, kBus);
  SetOnline(kDrive, true);
  ExpectEvent(kOnline, kBus);
  ExpectMountIsSeenOnce("VOL509");
}

class DetachTest : public AttachTest {
 protected:
  explicit DetachTest(GuestSpec spec = WithoutVolumes()) : AttachTest(std::move(spec)) {}

  void Detach(const std::string& drive, bool was_online) {
    guest().Detach(drive);
    ExpectEvent(kReport, kNoDevice);
    if (was_online) ExpectEvent(kGone, "0.0." + drive);
    ExpectEvent(kRemoved, "0.0." + drive);
    // Linux is still busy with the device that has gone; one that takes its subchannel now can lose
    // it again.
    ExpectNoEvent();
  }

  void AttachOnline(const std::string& drive) {
    guest().Attach(drive, "3490");
    ExpectEvent(kReport, kNoDevice);
    ExpectEvent(kAdded, "0.0." + drive);
    SetOnline(drive, true);
    ExpectEvent(kOnline, "0.0." + drive);
  }
};

TEST_F(DetachTest, DriveMayComeBackUnderTheSameAndUnderAnotherNumber) {
  SetOnline(kDrive, false);
  ExpectEvent(kOffline, kBus);
  Detach(kDrive, false);
  AttachOnline("0590");
  ExpectMountIsSeenOnce("VOL510", "0590");
  SetOnline("0590", false);
  ExpectEvent(kOffline, "0.0.0590");
  Detach("0590", false);
  AttachOnline(kDrive);
  ExpectMountIsSeenOnce("VOL511");
}

TEST_F(DetachTest, TapeLogMayComeAndGoWhileDrivesDo) {
  constexpr int kTimes = 3;
  for (int i = 0; i < kTimes; ++i) {
    Run("rmmod tape_log");
    SetOnline(kDrive, false);
    guest().Detach(kDrive);
    Run("modprobe tape_log");
    EventsUntilQuiet();
    AttachOnline(kDrive);
  }
  ExpectMountIsSeenOnce("VOL512");
}

// A guest of its own, which ends with the test: stock Linux uses a device after it was freed when a
// drive is closed that was detached meanwhile (tapechar_release). So it is never closed here.
class DetachInUseTest : public DetachTest {
 protected:
  DetachInUseTest() : DetachTest(ThreeDrives()) {}

  void TearDown() override {
    DetachTest::TearDown();
    if (GuestLives()) guest().Kill();
  }

 private:
  static GuestSpec ThreeDrives() {
    GuestSpec spec = WithoutVolumes();
    spec.drives.push_back({"0582", "3490"});
    return spec;
  }
};

TEST_F(DetachInUseTest, DriveThatIsTakenAwayInUseMayComeBack) {
  Mount(kDrive, "VOL513");
  ExpectEvent(kLoaded, kBus);
  Run(std::string(kTape) + "(exec 3<$tape; sleep 100000) </dev/null >/dev/null 2>&1 &");
  Run(std::string(kTape) +
      "usleep 300000; ! dd if=$tape of=/dev/null count=1 2>/dev/null");  // EBUSY
  Detach(kDrive, true);
  AttachOnline("0590");
  ExpectMountIsSeenOnce("VOL514", "0590");
  AttachOnline(kDrive);
  ExpectMountIsSeenOnce("VOL515");
  Run("rmmod tape_log && modprobe tape_log");
  ExpectMountIsSeenOnce("VOL516");
}

}  // namespace
}  // namespace lab
